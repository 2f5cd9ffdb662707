// Included by liblzma, used by none of the files that are built.
#pragma once

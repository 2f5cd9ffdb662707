pkg_name=mac

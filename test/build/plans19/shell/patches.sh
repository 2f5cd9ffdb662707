patches=('s/hello/patched/' '1s/$/ (patched)/')

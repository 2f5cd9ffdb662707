$pkg_name="windows"

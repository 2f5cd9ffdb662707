pkg_name=util-linux
pkg_origin=core
pkg_description="Tools for processes, namespaces, mounts and terminals, without those of logins and disks"
pkg_license=(GPL-2.0-or-later)
pkg_upstream_url=https://www.kernel.org/pub/linux/utils/util-linux
pkg_deb_packages=(util-linux bsdutils bsdextrautils mount libblkid1 libmount1 libsmartcols1 libuuid1)
pkg_deb_ignore=('*')
# The other programs need PAM, systemd or udev, or the rights of root to be of use.
__programs=(
  choom chrt col colcrt colrm column dmesg fallocate flock getopt hardlink hd hexdump ionice ipcmk ipcrm ipcs
  linux32 linux64 look losetup lscpu lsipc lslocks lsns mcookie more mount mountpoint namei nsenter pivot_root prlimit rename.ul
  renice rev script scriptlive scriptreplay setarch setpriv setsid taskset uclampset ul umount unshare whereis
  blkid wipefs switch_root
)
pkg_deb_drop=(bin/\* sbin/\* lib/{mime,systemd} share)
pkg_deb_keep=("${__programs[@]/#/bin/}" "${__programs[@]/#/sbin/}")
pkg_deps=(core/glibc core/libcap-ng core/libselinux core/ncurses)
pkg_bin_dirs=(bin sbin)
pkg_lib_dirs=("$debian_lib")

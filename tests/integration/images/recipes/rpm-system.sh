# What a system of RPM packages has, whichever dnf is on it: the base in its database, repositories, the linker's path, a name.
rpm -i --justdb --nosignature /repo/signed/x86_64/base-glibc-*.rpm
mkdir -p /etc/pki/rpm-gpg
cp -a /repo/signed /srv/memtools-repo
cp -a /repo/unsigned /srv/memtools-unsigned
cp /repo/RPM-GPG-KEY /etc/pki/rpm-gpg/
cat >/etc/yum.repos.d/memtools.repo <<R
[memtools]
name=memtools
baseurl=file:///srv/memtools-repo
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY

[memtools-unsigned]
name=memtools-unsigned
baseurl=file:///srv/memtools-unsigned
enabled=0
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY
R
echo /usr/lib64 >/etc/ld.so.conf.d/lib64.conf
ldconfig
cat >/etc/os-release <<R
NAME="Memtools RPM Linux"
ID=memtools-rpm
ID_LIKE="rhel fedora"
VERSION_ID=9
PRETTY_NAME="Memtools RPM Linux 9"
R

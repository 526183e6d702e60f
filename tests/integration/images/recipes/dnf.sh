# dnf 4 and yum (dnf under its old name) with a signed repository, and an unsigned one that is off.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends dnf rpm
mkdir -p /etc/rpm /var/lib/rpm /etc/yum.repos.d /srv /usr/lib64 /etc/pki/rpm-gpg
echo '%_dbpath /var/lib/rpm' >/etc/rpm/macros # Debian's rpm keeps its database in the home folder otherwise
rpm --initdb
rpm -i --justdb --nosignature /repo/signed/x86_64/base-glibc-*.rpm
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
ln -sf dnf-3 /usr/bin/yum
cat >/etc/os-release <<R
NAME="Memtools RPM Linux"
ID=memtools-rpm
ID_LIKE="rhel fedora"
VERSION_ID=9
PRETTY_NAME="Memtools RPM Linux 9"
R
. /recipes/hide-dpkg.sh

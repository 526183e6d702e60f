# zypper with the signed repository.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends zypper rpm
mkdir -p /etc/rpm /var/lib/rpm /srv /usr/lib64
echo '%_dbpath /var/lib/rpm' >/etc/rpm/macros
rpm --initdb
rpm -i --justdb --nosignature /repo/signed/x86_64/base-glibc-*.rpm
cp -a /repo/signed /srv/memtools-repo
cp -a /repo/unsigned /srv/memtools-unsigned
rpm --import /repo/RPM-GPG-KEY
echo /usr/lib64 >/etc/ld.so.conf.d/lib64.conf
ldconfig
zypper --non-interactive ar --gpgcheck-allow-unsigned-repo -c file:///srv/memtools-repo memtools
zypper --non-interactive ar --gpgcheck-allow-unsigned-repo -d -c file:///srv/memtools-unsigned memtools-unsigned
printf 'NAME="Memtools SUSE-like"\nID=memtools-suse\nID_LIKE="suse opensuse"\nVERSION_ID=15\n' >/etc/os-release
. /recipes/hide-dpkg.sh

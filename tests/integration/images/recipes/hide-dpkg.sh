# Leaves one package manager to be found.
for b in apt apt-get apt-cache apt-mark apt-key apt-config apt-cdrom dpkg dpkg-deb dpkg-query dpkg-divert dpkg-split dpkg-trigger dpkg-statoverride; do
    rm -f /usr/bin/$b
done
rm -rf /var/lib/apt /var/cache/apt /usr/share/doc /usr/share/locale /usr/share/man /tmp/d /leaky /recipes /repo

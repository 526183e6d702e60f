# Of an image with the leak engines, what they, the test program and a shell with a few tools need and nothing else, into /small.
set -eu
libraries=/usr/lib/x86_64-linux-gnu valgrind=/usr/libexec/valgrind
mkdir -p /small/app /small/etc /small/tmp /small/usr/bin /small/usr/lib64 /small$libraries /small$valgrind
chmod 1777 /small/tmp
ln -s usr/bin /small/bin; ln -s usr/lib /small/lib; ln -s usr/lib64 /small/lib64
cp /app/leaky /small/app/
for tool in sh cat env id ls mkdir readlink rm sleep tar; do cp -L "$(command -v $tool)" /small/usr/bin/$tool; done
cp /usr/bin/valgrind /usr/bin/valgrind.bin /small/usr/bin/
cp $valgrind/memcheck-amd64-linux $valgrind/vgpreload_core-amd64-linux.so $valgrind/vgpreload_memcheck-amd64-linux.so $valgrind/default.supp /small$valgrind/
cp -L $libraries/libtcmalloc.so.4 $libraries/liblsan.so.0 /small$libraries/
cp -L /lib64/ld-linux-x86-64.so.2 /small/usr/lib64/
for file in /small/app/leaky /small/usr/bin/* /small$libraries/*; do ldd "$file" 2>/dev/null || :; done |
    grep -o '/[^ ]*x86_64-linux-gnu/[^ ]*' | sort -u | while read -r library; do cp -L "$library" /small$libraries/; done
# valgrind does not start without the symbols of the loader.
cp -a --parents /usr/lib/debug/.build-id /small/
echo 'root:x:0:0:root:/root:/bin/sh' >/small/etc/passwd

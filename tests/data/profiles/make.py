#!/usr/bin/env python3
"""Writes one small sample of every profile format beside this file, from the formats' descriptions alone.

All hold the same three stacks of the program /srv/app: main -> load (2 objects, 100 bytes), main -> load -> parse (1, 50),
main -> walk (4, 40): 7 objects, 190 bytes. Profiles of other things than memory hold the same numbers in their own units.
"""
import gzip, os, shutil, struct, subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
STACKS = [(2, 100, [0x401110, 0x401410]), (1, 50, [0x401210, 0x401120, 0x401410]), (4, 40, [0x401310, 0x401420])]  # leaf first
NAMES = {0x401110: ("load", "load.c", 11), 0x401120: ("load", "load.c", 12), 0x401210: ("parse", "parse.c", 21),
         0x401310: ("walk", "walk.c", 31), 0x401410: ("main", "main.c", 41), 0x401420: ("main", "main.c", 42)}
MAPS = "00401000-00402000 r-xp 00001000 08:01 123                              /srv/app\n"


def write(name, content):
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())


def at(stack):
    return " ".join(f"0x{address:016x}" for address in stack)


# gperftools: heap-profile-table.cc; growth: memory_region_map.h; Go: runtime/pprof with debug=1
def heap(kind, allocated):
    line = lambda n, b, more: f"{n:6}: {b:8} [{n * more:6}: {b * more:8}] @"
    return f"heap profile: {line(7, 190, allocated)} {kind}\n" + "".join(f"{line(n, b, allocated)} {at(s)}\n" for n, b, s in STACKS) + "\nMAPPED_LIBRARIES:\n" + MAPS


write("heapprofile.heap", heap("heapprofile", 1))
write("heapprofile-freed.heap", heap("heapprofile", 3))
write("growth.growth", heap("growthz/1", 1))
write("heap-go.txt", heap("heap/1", 1))

# jemalloc: prof_data.c; two threads
jemalloc = "heap_v2/1\n  t*: 7: 190 [7: 190]\n  t0: 3: 150 [3: 150] main\n  t1: 4: 40 [4: 40] worker\n"
for index, (n, b, s) in enumerate(STACKS):
    jemalloc += f"@ {' '.join(hex(a) for a in s)}\n  t*: {n}: {b} [{n}: {b}]\n  t{index // 2}: {n}: {b} [{n}: {b}]\n"
write("jemalloc.heap", jemalloc + "\nMAPPED_LIBRARIES:\n" + MAPS)

# gperftools: cpuprofile-fileformat.html; 10 ms a sample
for name, word in (("cpu-64.prof", "<Q"), ("cpu-32-big.prof", ">I")):
    words = [0, 3, 0, 10000, 0]
    for n, _, s in STACKS:
        words += [n, len(s)] + s
    write(name, b"".join(struct.pack(word, w) for w in words + [0, 1, 0]) + MAPS.encode())

contention = "cycles/second = 1000000000\nsampling period = 1\n{}" + "".join(f"{b} {n} @ {at(s)}\n" for n, b, s in STACKS)
write("contention.txt", "--- contention:\n" + contention.format("ms since reset = 12\ndiscarded samples = 0\n") + "\n--- Memory map: ---\n" + MAPS)
write("mutex.txt", "--- mutex:\n" + contention.format("") + "#\t0x401110\tmain.load+0x10\t/srv/load.go:11\n")
write("goroutine.txt", "goroutine profile: total 7\n" + "".join(f"{n} @ {at(s)}\n" + "".join(f"#\t0x{a:x}\t{NAMES[a][0]}+0x1\t/src/{NAMES[a][1]}:{NAMES[a][2]}\n" for a in s) + "\n" for n, _, s in STACKS))


# profile.proto: github.com/google/pprof/blob/main/proto/profile.proto
def varint(value):
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def field(number, value):
    return varint(number << 3) + varint(value) if isinstance(value, int) else varint(number << 3 | 2) + varint(len(value)) + value


def packed(values):
    return b"".join(varint(v) for v in values)


strings = [""]
def text(value):
    if value not in strings:
        strings.append(value)
    return strings.index(value)


functions = sorted({name for name, _, _ in NAMES.values()})
proto = b"".join(field(1, field(1, text(t)) + field(2, text(u))) for t, u in (("inuse_objects", "count"), ("inuse_space", "bytes")))
ids = {address: index + 1 for index, address in enumerate(NAMES)}
for n, b, s in STACKS:
    proto += field(2, field(1, packed([ids[a] for a in s])) + field(2, packed([n, b])) + field(3, field(1, text("bytes")) + field(3, b // n)) + field(3, field(1, text("thread")) + field(2, text("worker"))))
proto += field(3, field(1, 1) + field(2, 0x401000) + field(3, 0x402000) + field(4, 0x1000) + field(5, text("/srv/app")) + field(7, 1) + field(8, 1) + field(9, 1))
for address, (name, file, line) in NAMES.items():
    proto += field(4, field(1, ids[address]) + field(2, 1) + field(3, address) + field(4, field(1, functions.index(name) + 1) + field(2, line)))
for index, name in enumerate(functions):
    proto += field(5, field(1, index + 1) + field(2, text(name)) + field(3, text(name)) + field(4, text(name + ".c")))
proto += field(13, text("a note")) + b"".join(field(6, value.encode()) for value in strings)
write("pprof.pb", proto)
write("pprof.pb.gz", gzip.compress(proto, mtime=0))

# massif: ms_main.c; the tree of the peak
write("massif.out", """desc: --massif-out-file=massif.out
cmd: /srv/app
time_unit: i
#-----------
snapshot=0
#-----------
time=0
mem_heap_B=0
mem_heap_extra_B=0
mem_stacks_B=0
heap_tree=empty
#-----------
snapshot=1
#-----------
time=1000
mem_heap_B=190
mem_heap_extra_B=18
mem_stacks_B=0
heap_tree=peak
n3: 190 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.
 n1: 100 0x401110: load (load.c:11)
  n0: 100 0x401410: main (main.c:41)
 n1: 50 0x401210: parse (parse.c:21)
  n1: 50 0x401120: load (load.c:12)
   n0: 50 0x401410: main (main.c:41)
 n1: 40 0x401310: walk (walk.c:31)
  n0: 40 0x401420: main (main.c:42)
""")

# callgrind: valgrind.org/docs/manual/cl-format.html; costs of lines, and of calls
write("callgrind.out", """# callgrind format
version: 1
creator: by hand
cmd: /srv/app
positions: line
events: Bytes Blocks

ob=(1) /srv/app
fl=(1) load.c
fn=(1) load
11 100 2
cfi=(2) parse.c
cfn=(2) parse
calls=1 21
12 50 1

fl=(2)
fn=(2)
21 50 1

fl=(3) walk.c
fn=(3) walk
31 40 4

fl=(4) main.c
fn=(4) main
cfi=(1)
cfn=(1)
calls=1 11
41 150 3
cfi=(3)
cfn=(3)
calls=1 31
42 40 4
""")

# heaptrack: accumulatedtracedata.cpp; sizes 50, 50 and 10, each with its number of allocations; one of the walk's was freed
heaptrack = "v 10400 3\nX /srv/app\nI 1000 100\n" + "".join(f"s {len(s):x} {s}\n" for s in ("/srv/app", "load", "load.c", "parse", "parse.c", "walk", "walk.c", "main", "main.c"))
heaptrack += "i 401410 1 8 9 29\ni 401110 1 2 3 b\ni 401210 1 4 5 15\ni 401310 1 6 7 1f\nt 1 0\nt 2 1\nt 3 2\nt 4 1\na 32 2\na 32 3\na a 4\n"
heaptrack += "c 1\n+ 0\n+ 0\n+ 1\nc 2\n+ 2\n+ 2\n+ 2\n+ 2\n+ 2\n- 2\nc 3\nR 4\n"
write("heaptrack.txt", heaptrack)
write("heaptrack.gz", gzip.compress(heaptrack.encode(), mtime=0))
if shutil.which("zstd"):
    write("heaptrack.zst", subprocess.run(["zstd", "-q", "-c"], input=heaptrack.encode(), stdout=subprocess.PIPE, check=True).stdout)
write("heaptrack.raw", "v 10400 3\nx 8 /srv/app\nX /srv/app\nm 1 -\nm 8 /srv/app 400000 1000 1000\nt 401411 0\nt 401111 1\nt 401211 2\nt 401311 1\n+ 32 2 10\n+ 32 2 20\n+ 32 3 30\n"
      + "".join(f"+ a 4 {p}\n" for p in (40, 50, 60, 70, 80)) + "- 80\n")

# the leak engines
write("heapcheck.log", "WARNING: Perftools heap leak checker is active -- Performance may suffer\nLeak check _main_ detected leaks of 190 bytes in 7 objects\nThe 3 largest leaks:\n"
      + "".join(f"Leak of {b} bytes in {n} objects allocated from:\n" + "".join(f"\t@ {a:x} {NAMES[a][0]}\n" for a in s) for n, b, s in STACKS)
      + "\n\nIf the preceding stack traces are not enough to find the leaks, try running THIS shell command:\n\npprof /srv/app \"/tmp/app.5._main_-end.heap\" --inuse_objects --lines --heapcheck  --edgefraction=1e-10 --nodefraction=1e-10 --gv\n\n"
      + "If you are still puzzled about why the leaks are there, try rerunning this program with HEAP_CHECK_TEST_POINTER_ALIGNMENT=1 and/or with HEAP_CHECK_MAX_POINTER_OFFSET=-1\n"
      + "Exiting with error code (instead of crashing) because of whole-program memory leaks\n")
write("leaksanitizer.log", "\n=================================================================\n==12==ERROR: LeakSanitizer: detected memory leaks\n\n"
      + "".join(f"Direct leak of {b} byte(s) in {n} object(s) allocated from:\n" + "".join(f"    #{i} 0x{a:x} in {NAMES[a][0]} /src/{NAMES[a][1]}:{NAMES[a][2]}\n" for i, a in enumerate(s)) + "\n" for n, b, s in STACKS)
      + "SUMMARY: LeakSanitizer: 190 byte(s) leaked in 7 allocation(s).\n")
write("memcheck.log", "==7== Memcheck, a memory error detector\n==7== Command: /srv/app\n==7== \n==7== HEAP SUMMARY:\n"
      + "".join(f"==7== {b} bytes in {n} blocks are definitely lost in loss record {i + 1} of 3\n" + "".join(f"==7==    {'at' if j == 0 else 'by'} 0x{a:X}: {NAMES[a][0]} ({NAMES[a][1]}:{NAMES[a][2]})\n" for j, a in enumerate(s)) + "==7== \n" for i, (n, b, s) in enumerate(STACKS))
      + "==7== LEAK SUMMARY:\n==7==    definitely lost: 190 bytes in 7 blocks\n==7==    indirectly lost: 0 bytes in 0 blocks\n==7==      possibly lost: 0 bytes in 0 blocks\n==7==    still reachable: 0 bytes in 0 blocks\n==7==         suppressed: 0 bytes in 0 blocks\n")
write("memcheck.xml", '<?xml version="1.0"?>\n<valgrindoutput>\n<protocolversion>4</protocolversion><protocoltool>memcheck</protocoltool><pid>7</pid><tool>memcheck</tool>\n<args><vargv><exe>valgrind</exe></vargv><argv><exe>/srv/app</exe></argv></args>\n'
      + "".join(f"<error><unique>0x{i}</unique><tid>1</tid><kind>Leak_DefinitelyLost</kind><xwhat><text>{b} bytes in {n} blocks are definitely lost in loss record {i + 1} of 3</text><leakedbytes>{b}</leakedbytes><leakedblocks>{n}</leakedblocks></xwhat><stack>"
                + "".join(f"<frame><ip>0x{a:X}</ip><obj>/srv/app</obj><fn>{NAMES[a][0]}</fn><dir>/src</dir><file>{NAMES[a][1]}</file><line>{NAMES[a][2]}</line></frame>" for a in s) + "</stack></error>\n" for i, (n, b, s) in enumerate(STACKS))
      + "</valgrindoutput>\n")
write("mtrace.log", "= Start\n" + "".join(f"@ /srv/app:[0x{s[0]:x}] + 0x{0x1000 * (i + 1) + j * 64:x} 0x{b // n:x}\n" for i, (n, b, s) in enumerate(STACKS) for j in range(n)) + "= End\n")

write("collapsed.txt", "main;load 100\nmain;load;parse 50\nmain;walk 40\n")

# MemTools' own: docs/json.md
frame = lambda a: '{"address":"0x%x","module":"/srv/app","buildId":null,"offset":"0x%x","function":"%s","file":"%s","line":%d,"column":0,"isInlined":false}' % (a, a - 0x400000, *NAMES[a])
leaks = ",".join('{"bytes":%d,"objects":%d,"function":"%s","location":"%s:%d","module":"/srv/app","kind":"Lost","stack":[%s],"fingerprint":"%016x","status":"None"}' % (b, n, *NAMES[s[0]], ",".join(map(frame, s)), i + 1) for i, (n, b, s) in enumerate(STACKS))
write("leaks.json", '[{"schemaVersion":1,"run":null,"engine":"gperftools","check":"_main_","verdict":"Leaks","verdictReason":"by hand","processId":5,"filePath":"/srv/app","bytes":190,"objects":7,"leaks":[%s],"suppressed":[],"suppressions":[],"warnings":[],"paths":[]}]\n' % leaks)
order = list(NAMES)
nodes = ",".join('{"function":"%s","file":"%s","line":%d,"address":"0x%x","module":"/srv/app","flat":0,"cum":0}' % (*NAMES[a], a) for a in order)
samples = ",".join('{"value":%d,"values":[%d,%d],"frames":[%s],"labels":{"thread":"worker"}}' % (b, n, b, ",".join(str(order.index(a)) for a in s)) for n, b, s in STACKS)
write("profile.json", '{"schemaVersion":1,"sampleTypes":[{"type":"inuse_objects","unit":"count"},{"type":"inuse_space","unit":"bytes"}],"sampleType":"inuse_space","unit":"bytes","total":190,"warnings":[],"nodes":[%s],"samples":[%s]}\n' % (nodes, samples))

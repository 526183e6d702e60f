#!/usr/bin/env python3
"""Heap profiles over the real return addresses of a program, the same on every run, as large ones look: many stacks that share their roots.

usage: synth.py PROGRAM FOLDER     writes synth100k.heap (gperftools), synth100k.je.heap (jemalloc), synth5k.heap
"""
import os, random, re, subprocess, sys

BASE = 0x555555554000  # where a position-independent program is loaded without address randomisation
SIZES = (16, 24, 32, 48, 64, 100, 128, 256, 1000, 4096)


def return_addresses(program):
    """Addresses of the instructions behind calls."""
    found, after_call = [], False
    with subprocess.Popen(["objdump", "-d", "--no-show-raw-insn", "-j", ".text", program], stdout=subprocess.PIPE, text=True) as dump:
        for line in dump.stdout:
            code = re.match(r"\s+([0-9a-f]+):\s+(\S+)", line)
            if after_call and code:
                found.append(int(code[1], 16))
            after_call = bool(code) and code[2].startswith("call")
    return found


def maps(program):
    """The program's segments as /proc/self/maps would show them."""
    headers = subprocess.run(["readelf", "-lW", program], stdout=subprocess.PIPE, text=True, check=True).stdout
    lines = []
    for offset, address, size, flags in re.findall(r"LOAD\s+(0x\w+) (0x\w+) 0x\w+ 0x\w+ (0x\w+) ([R W E]{3})", headers):
        start = int(address, 16) & ~0xFFF
        end = (int(address, 16) + int(size, 16) + 0xFFF) & ~0xFFF
        rights = "".join(r if f in flags else "-" for f, r in (("R", "r"), ("W", "w"), ("E", "x")))
        lines.append(f"{BASE + start:x}-{BASE + end:x} {rights}p {int(offset, 16) & ~0xFFF:08x} fe:00 1234567 {program}\n")
    return "".join(lines)


def stacks(count, depth, pool, rng):
    """Distinct stacks, leaf first: a tree whose upper levels have few branches."""
    found = set()
    while len(found) < count:
        node, stack = 0, []
        for level in range(depth + rng.randint(-3, 3)):
            node = (node * 1_000_003 + rng.randrange(1 if level < 3 else 3 if level < 8 else 6) + level * 7919) % (1 << 61)
            stack.append(pool[node % len(pool)])
        found.add(tuple(reversed(stack)))
    return sorted(found)


def write(path, count, addresses, program, jemalloc=False):
    rng = random.Random(42)
    rows = []
    for stack in stacks(count, 25, rng.sample(addresses, min(len(addresses), count if count < 50_000 else 50_000)), rng):
        objects, size = rng.randint(1, 50), rng.choice(SIZES)
        allocated = objects + rng.randint(0, 500)
        rows.append((objects, objects * size, allocated, allocated * size, " ".join(f"0x{a + BASE:x}" for a in stack)))
    total = [sum(row[column] for row in rows) for column in range(4)]
    with open(path + ".part", "w") as file:
        if jemalloc:
            file.write(f"heap_v2/1\n  t*: {total[0]}: {total[1]} [0: 0]\n  t0: {total[0]}: {total[1]} [0: 0]\n")
            file.writelines(f"@ {s}\n  t*: {n}: {b} [0: 0]\n  t0: {n}: {b} [0: 0]\n" for n, b, _, _, s in rows)
        else:
            file.write("heap profile: %6d: %8d [%6d: %8d] @ heapprofile\n" % tuple(total))
            file.writelines("%6d: %8d [%6d: %8d] @ %s\n" % row for row in rows)
        file.write("\nMAPPED_LIBRARIES:\n" + maps(program))
    os.rename(path + ".part", path)


program, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
calls = return_addresses(program)
write(f"{folder}/synth100k.heap", 100_000, calls, program)
write(f"{folder}/synth100k.je.heap", 100_000, calls, program, jemalloc=True)
write(f"{folder}/synth5k.heap", 5_000, calls, program)

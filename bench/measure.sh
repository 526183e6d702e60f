# Sourced by benchmarks: times of whole processes, and a table of their medians. Needs GNU time, and the folder $out.
# A process that takes longer than $limit seconds is ended and counts as ">limit".

measure() { # scenario, tool, input, command…: appends "tool wall CPU MB", keeps the answer in $out/SCENARIO.TOOL
    local scenario=$1 tool=$2 input=$3 status=0
    shift 3
    /usr/bin/time -q -o "$out/time" -f '%e %U %S %M' timeout "${limit:-600}" "$@" < "$input" > "$out/$scenario.$tool" 2> "$out/error" || status=$?
    if [ $status -eq 124 ]; then
        echo "$tool - - -" >> "$out/$scenario.times"
    elif [ $status -ne 0 ]; then
        echo "$tool failed: $(head -1 "$out/error")" >&2
    else
        # timeout's child is what time counts, too: resources of waited-for descendants are the process's own.
        awk -v tool="$tool" '{ printf "%s %.2f %.2f %.0f\n", tool, $1, $2 + $3, $4 / 1024 }' "$out/time" >> "$out/$scenario.times"
    fi
}

table() { # scenario: medians, and the others' as multiples of the first tool's
    awk -v limit="${limit:-600}" '
        function median(list,    v, n, i, j, t) {
            n = split(list, v, " ")
            for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j - 1] + 0 > v[j] + 0; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
            return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
        }
        !($1 in runs) { order[++tools] = $1 }
        $2 == "-" { late[$1] = 1 }
        { runs[$1]++; wall[$1] = wall[$1] " " $2; cpu[$1] = cpu[$1] " " $3; mb[$1] = mb[$1] " " $4 }
        END {
            printf "  %-18s %4s %9s %9s %9s   %s\n", "", "runs", "wall s", "CPU s", "peak MB", "times: wall, CPU, memory"
            for (i = 1; i <= tools; i++) {
                t = order[i]
                if (late[t]) { printf "  %-18s %4d %9s %9s %9s   more than %.1f\n", t, runs[t], ">" limit, "", "", limit / w1; continue }
                w = median(wall[t]); c = median(cpu[t]); m = median(mb[t])
                if (i == 1) { w1 = w; c1 = c; m1 = m }
                printf "  %-18s %4d %9.2f %9.2f %9.0f", t, runs[t], w, c, m
                if (i == 1) print ""; else printf "   %.1f, %.1f, %.1f\n", w / w1, c / c1, m / m1
            }
        }' "$out/$1.times"
}

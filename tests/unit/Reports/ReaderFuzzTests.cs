using System.Text;
using MemTools.Reports.Errors;
using MemTools.Reports.Leaks;
using MemTools.Reports.Readers;
using MemTools.Reports.Writers;

namespace MemTools.Tests.Reports;

/// <summary>Damaged reports end in a result or in a named error, never in another exception. The damage is the same in every run.</summary>
public class ReaderFuzzTests
{
    private const int Rounds = 1500;

    private static readonly (string Name, string Text, Action<Stream> Read)[] Targets =
    [
        ("heap", "heap profile:      2:      200 [     2:      200] @ heapprofile\n     1:      100 [     1:      100] @ 0x55d000001010 0x7f0000002001\n     1:      100 [     1:      100] @ 0x1\n\nMAPPED_LIBRARIES:\n55d000001000-55d000002000 r-xp 00001000 08:01 123   /srv/my app (deleted)\n7f0000002000-7f0000003000 r-xp 00002000 fd:01 9 /usr/lib/l.so\n",
            s => HeapFileReader.Read(s, "x", default)),
        ("jemalloc", "heap_v2/524288\n  t*: 3: 300 [0: 0]\n  t0: 3: 300 [0: 0]\n@ 0x7f01 0x7f02\n  t*: 1: 100 [0: 0]\n@ 0x7f03\n  t*: 2: 200 [0: 0] name\n\nMAPPED_LIBRARIES:\n7f00-8f00 r-xp 00001000 08:01 123   /srv/app\n",
            s => JemallocHeapReader.Read(s, "x", default)),
        ("heapcheck", "WARNING: Perftools heap leak checker is active -- Performance may suffer\nLeak check _main_ detected leaks of 150 bytes in 3 objects\nThe 2 largest leaks:\nLeak of 100 bytes in 1 objects allocated from:\n\t@ 55e2d8201297 leak_big\n\t@ 55e2d8201433 main\nLeak of 50 bytes in 2 objects allocated from:\n\t@ 55e2d8201354 \nSkipping leaks numbered 2..3\n\n\nIf the preceding stack traces are not enough to find the leaks, try\n\npprof /srv/app \"/tmp/app.5._main_-end.heap\" --inuse_objects\n\nIf the leak report occurs in a small fraction of runs\nExiting with error code (instead of crashing) because of whole-program memory leaks\n",
            s => HeapCheckLogReader.Read(s, default)),
        ("lsan", "\n==12==ERROR: LeakSanitizer: detected memory leaks\n\nDirect leak of 40 byte(s) in 1 object(s) allocated from:\n    #0 0x7f01 in malloc ../../x.cpp:90:3\n    #1 0x55ad  (/srv/app+0x1296) (BuildId: ab12)\n2|0x55ad|/srv/app|0x1296|operator|(A, B)|/s/a.cpp|3|0\n\nIndirect leak of 60 byte(s) in 2 object(s) allocated from:\n    #0 0x7f01 in f(int) /a b/x.cpp:9\n\nOmitting 1 more leak(s).\nSUMMARY: LeakSanitizer: 100 byte(s) leaked in 3 allocation(s).\n",
            s => LeakSanitizerReader.Read(s, "x", default)),
        ("valgrind-xml", "<?xml version=\"1.0\"?>\n<valgrindoutput><protocoltool>memcheck</protocoltool><pid>5</pid><args><argv><exe>/srv/app</exe></argv></args><error><unique>0x0</unique><kind>Leak_DefinitelyLost</kind><xwhat><text>640 (64 direct, 576 indirect) bytes in 1 blocks</text><leakedbytes>640</leakedbytes><leakedblocks>1</leakedblocks></xwhat><stack><frame><ip>0x109</ip><obj>/srv/app</obj><fn>f</fn><dir>/s</dir><file>a.c</file><line>3</line></frame><frame><ip>0x10A</ip></frame></stack></error></valgrindoutput>\n",
            s => ValgrindXmlReader.Read(s, "x", default)),
        ("valgrind-text", "==7== Memcheck, a memory error detector\n==7== Command: /srv/app\n==7== 640 (64 direct, 576 indirect) bytes in 1 blocks are definitely lost in loss record 4 of 6\n==7==    at 0x48417B4: malloc (in /usr/libexec/v.so)\n==7==    by 0x1092BF: push (basic.c:20)\n==7==    by 0x1: ???\n==7== \n==7== LEAK SUMMARY:\n==7==    definitely lost: 6,460 bytes in 6 blocks\n",
            s => ValgrindTextReader.Read(s, "x", default)),
        ("mtrace", "= Start\n@ /srv/app:[0x1387] + 0x55e3 0x200\n@ /l.so:(_Znwm+1c)[0xa958c] + 0x55e4 0xc8\n@ /srv/app:[0x13] < 0x55e3\n@ /srv/app:[0x13] > 0x55e5 0x10\n@ [0x12] - 0x55e4\n= End\n",
            s => MtraceReader.Read(s, "x", default)),
        ("heaptrack", "v 10400 3\nX /srv/app a\nI 1000 5\ns 8 /srv/app\ns 4 main\ns 3 a.c\ni 55b7 1 2 3 9 2 3 a\ni 55b8 1 2\nt 1 0\nt 2 1\na 64 2\n+ 0\n+ 0\n- 0\nc 2\nR 3\n# strings: 3\n",
            s => HeaptrackReader.Read(s, "x", default)),
        ("heaptrack-raw", "v 10400 3\nx 8 /srv/app\nX /srv/app\nm 1 -\nm 1 x 5000 0 7a8 1000 4b9\nt 6010 0\n+ 40 1 77\n+ 20 1 88\n- 77\n",
            s => HeaptrackReader.Read(s, "x", default)),
        ("json", "[{\"schemaVersion\":1,\"engine\":\"gperftools\",\"verdict\":\"Leaks\",\"bytes\":5,\"leaks\":[{\"bytes\":5,\"objects\":1,\"kind\":\"Lost\",\"stack\":[{\"address\":\"0x1f\",\"module\":\"/a\",\"line\":3}]}],\"warnings\":[\"w\"]}]",
            s => LeakReportJson.Read(s, "x", default)),
        ("suppressions", "# reason: r\n# expires: 2026-12-31\nleak:*foo$\n{\n n\n Memcheck:Leak\n match-leak-kinds: definite\n fun:f*\n ...\n obj:/a\n src:a.c:3\n}\n",
            s => SuppressionFile.Parse(new StreamReader(s).ReadToEnd(), "x")),
    ];

    public static TheoryData<string> Names => [.. Targets.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void DamageIsNamed(string name)
    {
        (_, string text, Action<Stream> read) = Targets.Single(t => t.Name == name);
        byte[] seed = Encoding.UTF8.GetBytes(text);
        read(new MemoryStream(seed));
        var random = new Random(20261009);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] damaged = Damage(seed, random);
            try
            {
                read(new MemoryStream(damaged));
            }
            catch (MemToolsException e)
            {
                Assert.Matches("^[A-Z][A-Za-z]+$", e.ErrorId);
            }
            catch (Exception e)
            {
                Assert.Fail($"{name}, round {round}: {e}\n{Encoding.Latin1.GetString(damaged)}");
            }
        }
    }

    private static byte[] Damage(byte[] seed, Random random)
    {
        var bytes = new List<byte>(seed);
        for (int changes = random.Next(1, 6); changes > 0 && bytes.Count > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 30), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.InsertRange(at, Enumerable.Repeat((byte)'9', random.Next(1, 25)));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes.InsertRange(at, "\n\0\xff <>]\""u8.ToArray());
                    break;
            }
        }

        return [.. bytes];
    }
}

using System.Runtime.ExceptionServices;

namespace MemTools.Reports.Symbols;

/// <summary>Runs the same work on several threads of its own: a thread pool would take longer to warm up than the work itself.</summary>
internal static class Workers
{
    private const int StackBytes = 4 << 20;

    /// <summary>Calls <paramref name="work"/> with 0 … threads-1, the first on the caller's thread; throws the first failure after all have ended.</summary>
    public static void Run(int threads, Action<int> work)
    {
        Exception? failure = null;
        var started = new List<Thread>();
        for (int i = 1; i < threads; i++)
        {
            int number = i;
            var thread = new Thread(() => Guarded(number), StackBytes) { IsBackground = true, Name = "symbols" };
            thread.Start();
            started.Add(thread);
        }

        Guarded(0);
        foreach (Thread thread in started)
            thread.Join();
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);

        void Guarded(int number)
        {
            try
            {
                work(number);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, e, null);
            }
        }
    }
}

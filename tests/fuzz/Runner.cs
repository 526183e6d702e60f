using System.Diagnostics;

namespace MemTools.Fuzz;

/// <summary>Runs one target for a time and keeps the inputs that do something new.</summary>
internal sealed class Runner(FuzzTarget target, int seed, TimeSpan time, string folder)
{
    private const int MaxPool = 20_000;

    private readonly Random _random = new(seed);
    private readonly List<byte[]> _pool = [];
    private readonly HashSet<ulong> _seen = [];
    private readonly string _current = Path.Combine(folder, target.Name + ".current");

    /// <summary>True when nothing was found.</summary>
    public bool Run()
    {
        using var watchdog = new Watchdog(target);
        using var current = new FileStream(_current, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        foreach (byte[] input in target.Seeds())
        {
            if (!Try(input, watchdog, current))
                return false;
            _pool.Add(input);
        }
        if (_pool.Count == 0)
            _pool.Add([]);
        var mutator = new Mutator(_random, target.Words, target.MaxLength);
        var watch = Stopwatch.StartNew();
        long runs = 0;
        for (; watch.Elapsed < time; runs++)
        {
            // Newer inputs are likelier to lead on.
            int pick = _random.Next(3) == 0 ? _pool.Count - 1 - _random.Next(Math.Min(_pool.Count, 200)) : _random.Next(_pool.Count);
            byte[] input = mutator.Mutate(_pool[pick], _pool[_random.Next(_pool.Count)]);
            if (!Try(input, watchdog, current))
                return false;
        }
        File.Delete(_current);
        Console.WriteLine($"{target.Name}: {runs} inputs in {watch.Elapsed.TotalSeconds:0} s, {_seen.Count} different behaviours, no failure (seed {seed})");
        return true;
    }

    private bool Try(byte[] input, Watchdog watchdog, FileStream current)
    {
        // A stack overflow leaves no time to save the input that caused it.
        current.Position = 0;
        current.Write(input);
        current.SetLength(input.Length);
        try
        {
            watchdog.Begin(input);
            ulong behaviour = target.Run(input);
            watchdog.End();
            if (_seen.Add(behaviour) && _pool.Count < MaxPool)
                _pool.Add(input);
            return true;
        }
        catch (Exception e)
        {
            watchdog.End();
            string path = Path.Combine(folder, $"{target.Name}.{Guid.NewGuid():N}.bin");
            File.WriteAllBytes(path, input);
            Console.Error.WriteLine($"{target.Name}: {e}\ninput kept in {path} (seed {seed})");
            return false;
        }
    }
}

/// <summary>Ends the process when one input takes too long.</summary>
internal sealed class Watchdog : IDisposable
{
    private readonly Timer _timer;
    private readonly FuzzTarget _target;
    private long _began;

    public Watchdog(FuzzTarget target)
    {
        _target = target;
        _timer = new Timer(Look, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public void Begin(byte[] input) => Volatile.Write(ref _began, Stopwatch.GetTimestamp());

    public void End() => Volatile.Write(ref _began, 0);

    public void Dispose() => _timer.Dispose();

    private void Look(object? state)
    {
        long began = Volatile.Read(ref _began);
        if (began != 0 && Stopwatch.GetElapsedTime(began) > _target.Patience)
            Environment.FailFast($"{_target.Name}: an input takes more than {_target.Patience.TotalSeconds:0} s; it is in {_target.Name}.current");
    }
}

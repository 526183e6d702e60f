namespace MemTools.Containers.Engine.Wire;

/// <summary>Body of POST /containers/{id}/exec.</summary>
public sealed record CreateExecRequest
{
    public required string[] Cmd { get; init; }

    public string[]? Env { get; init; }

    public string? User { get; init; }

    public string? WorkingDir { get; init; }

    public bool Tty { get; init; }

    public bool AttachStdin { get; init; }

    public bool AttachStdout { get; init; } = true;

    public bool AttachStderr { get; init; } = true;
}

/// <summary>Body of POST /exec/{id}/start.</summary>
public sealed record StartExecRequest
{
    public bool Detach { get; init; }

    public bool Tty { get; init; }
}

/// <summary>GET /exec/{id}/json.</summary>
public sealed record ExecDetails
{
    public bool Running { get; init; }

    public int? ExitCode { get; init; }

    public int Pid { get; init; }
}

namespace MemTools.IntegrationTests;

/// <summary>Tests that set variables of this process run alone.</summary>
[CollectionDefinition(nameof(EnvironmentVariables), DisableParallelization = true)]
public sealed class EnvironmentVariables;

using MemTools.Containers.Targets;

namespace MemTools.Tests.Containers;

public class EntrypointShapeTests
{
    [Theory]
    [InlineData("#!/bin/sh\nset -e\nexec \"$@\"\n")]
    [InlineData("#!/bin/sh\nexec \"$@\"")]
    [InlineData("#!/usr/bin/env bash\n# $1 is not looked at\nexport A=1\nexec gosu app \"$@\"\n")]
    [InlineData("#!/bin/bash -e\numask 027; exec \"$@\"\n")]
    public void Scripts_that_hand_their_command_on(string script) => Assert.True(EntrypointShape.PassesOn(script));

    [Theory]
    [InlineData("#!/bin/sh\nif [ \"$1\" = postgres ]; then init; fi\nexec \"$@\"\n")]
    [InlineData("#!/bin/sh\nif [ \"${1#-}\" != \"$1\" ]; then set -- server \"$@\"; fi\nexec \"$@\"\n")]
    [InlineData("#!/bin/sh\nshift\nexec \"$@\"\n")]
    [InlineData("#!/bin/sh\n/app/server \"$@\" &\nwait\n")]
    [InlineData("#!/bin/sh\nlog \"$@\"\nexec \"$@\"\n")]
    [InlineData("#!/bin/sh\nexec /app/server\n")]
    [InlineData("#!/bin/sh\n[ $# -gt 0 ] || exit\nexec \"$@\"\n")]
    [InlineData("#!/bin/sh\n# exec \"$@\"\n/app/server\n")]
    [InlineData("#!/usr/bin/python3\nexec \"$@\"\n")]
    [InlineData("#!/bin/sh\nexec $@\n")]
    public void Scripts_whose_command_must_not_be_changed(string script) => Assert.False(EntrypointShape.PassesOn(script));

    [Theory]
    [InlineData(true, "/bin/sh", "-c", "./server --x")]
    [InlineData(true, "bash", "-ec", "x")]
    [InlineData(false, "sh", "script.sh", "-c")]
    [InlineData(false, "/app/server", "-c", "config")]
    [InlineData(false, "sh", "-c")]
    public void Knows_a_shells_command_line(bool expected, params string[] command) => Assert.Equal(expected, EntrypointShape.IsShellText(command));
}

BeforeAll { . $PSScriptRoot/TestSupport.ps1 }

Describe 'Get-AllocatorRun' {
    BeforeAll {
        $first = Start-WithAllocator true -Quiet
        $second = Start-WithAllocator false -Quiet
    }

    It 'gives all runs, oldest first' {
        (Get-AllocatorRun).Id | Should -Be $first.Id, $second.Id
    }

    It 'takes ids, the beginning of one, latest, and wildcards' {
        (Get-AllocatorRun $first.Id).FilePath | Should -Be $first.FilePath
        (Get-AllocatorRun $first.Id.Substring(0, 27)).Id | Should -Be $first.Id
        (Get-AllocatorRun latest).Id | Should -Be $second.Id
        (Get-AllocatorRun '*').Count | Should -Be 2
        Get-AllocatorRun 'zzz*' | Should -BeNullOrEmpty
    }

    It 'takes -Last and -State' {
        (Get-AllocatorRun -Last 1).Id | Should -Be $second.Id
        Get-AllocatorRun -State Running | Should -BeNullOrEmpty
        (Get-AllocatorRun -State Exited, Running).Count | Should -Be 2
    }

    It 'takes ids and runs from the pipeline, by value and by property name' {
        ($first.Id | Get-AllocatorRun).Id | Should -Be $first.Id
        ([pscustomobject]@{ Id = $second.Id } | Get-AllocatorRun).Id | Should -Be $second.Id
        ($first, $second | Get-AllocatorRun).Id | Should -Be $first.Id, $second.Id
    }

    It 'finds runs of another session' {
        $result = Invoke-Pwsh "(Get-AllocatorRun $($first.Id)).ExitCode"
        [Text.Encoding]::UTF8.GetString($result.Output).Trim() | Should -Be '0'
    }

    It 'names a run that is not there and goes on' {
        $found = 'nosuchrun', $first.Id | Get-AllocatorRun -ErrorVariable failure -ErrorAction SilentlyContinue
        $found.Id | Should -Be $first.Id
        $failure | Should -HaveCount 1
        $failure[0].FullyQualifiedErrorId | Should -Be 'RunNotFound,MemTools.Commands.GetAllocatorRunCommand'
        $failure[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failure[0].TargetObject | Should -Be 'nosuchrun'
        $failure[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'completes ids, newest first' {
        (Get-Completion 'Get-AllocatorRun -Id ')[0, 1] | Should -Be $second.Id, $first.Id
    }

    It 'leaves out a record that cannot be read, with an error' {
        $broken = Start-WithAllocator true -Quiet
        Get-ChildItem $broken.RunPath -Filter run*.json | Set-Content -Value '{ "id":'
        $found = Get-AllocatorRun -ErrorVariable failure -ErrorAction SilentlyContinue
        $found.Id | Should -Be $first.Id, $second.Id
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'RunRecordUnreadable,*'
        Remove-AllocatorRun $broken.Id
        $broken.RunPath | Should -Not -Exist
    }
}

Describe 'Wait-AllocatorRun' {
    It 'waits for the end' {
        $run = Start-WithAllocator -NoWait sh -- -c 'sleep 0.3; exit 4' | Wait-AllocatorRun
        $run.State | Should -Be 'Exited'
        $run.ExitCode | Should -Be 4
    }

    It 'makes a run that does not end in time an error' {
        $run = Start-WithAllocator sleep 30 -NoWait
        try {
            $run | Wait-AllocatorRun -Timeout 0.2 -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            $failure[0].FullyQualifiedErrorId | Should -BeLike 'RunTimeout,*'
            $failure[0].CategoryInfo.Category | Should -Be 'OperationTimeout'
            $failure[0].TargetObject | Should -Be $run.Id
        }
        finally { $run | Stop-AllocatorRun -KillAfter 5 }
    }

    It 'takes the shorter of -For and -Timeout, for all runs together' {
        $runs = @(Start-WithAllocator sleep 30 -NoWait; Start-WithAllocator sleep 30 -NoWait)
        try {
            ($runs | Wait-AllocatorRun -For 0.1 -Timeout 20).State | Should -Be 'Running', 'Running'
            $runs | Wait-AllocatorRun -For 20 -Timeout 0.1 -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            $failure.TargetObject | Should -Be $runs.Id
        }
        finally { $runs | Stop-AllocatorRun -KillAfter 5 }
    }

    It 'waits a while with -For and gives the run as it is' {
        $run = Start-WithAllocator sleep 30 -NoWait
        try { ($run | Wait-AllocatorRun -For 0.2).State | Should -Be 'Running' }
        finally { $run | Stop-AllocatorRun -KillAfter 5 }
    }

    It 'is stopped within half a second, and the program runs on' {
        $run = Start-WithAllocator sleep 30 -NoWait
        try {
            $mark = Join-Path $TestDrive waiting
            Stop-AfterStart -Mark $mark -ArgumentList $run.Id -Script { param($mark, $id) Set-Content $mark x; Wait-AllocatorRun $id } |
                Should -BeLessThan 0.5
            (Get-AllocatorRun $run.Id).State | Should -Be 'Running'
        }
        finally { $run | Stop-AllocatorRun -KillAfter 5 }
    }
}

Describe 'Stop-AllocatorRun' {
    It 'sends SIGTERM and waits for the end' {
        $run = Start-WithAllocator sleep 30 -NoWait | Stop-AllocatorRun -PassThru
        $run.State | Should -Be 'Exited'
        $run.Signal | Should -Be 'SIGTERM'
    }

    It 'sends <Signal>' -TestCases @(
        @{ Signal = 'INT'; Ended = 'SIGINT' }
        @{ Signal = 'SIGUSR1'; Ended = 'SIGUSR1' }
        @{ Signal = '9'; Ended = 'SIGKILL' }
    ) {
        (Start-WithAllocator sleep 30 -NoWait | Stop-AllocatorRun -Signal $Signal -PassThru).Signal | Should -Be $Ended
    }

    It 'lets a program that handles the signal end in order' {
        $mark = Join-Path $TestDrive handled
        $run = Start-WithAllocator -NoWait sh -- -c "trap 'exit 5' TERM; echo > $mark; while :; do sleep 0.05; done"
        while (-not (Test-Path $mark)) { Start-Sleep -Milliseconds 20 }
        ($run | Stop-AllocatorRun -PassThru).ExitCode | Should -Be 5
    }

    It 'kills after -KillAfter' {
        $mark = Join-Path $TestDrive ignored
        $run = Start-WithAllocator -NoWait sh -- -c "trap '' TERM; echo > $mark; while :; do sleep 0.05; done"
        while (-not (Test-Path $mark)) { Start-Sleep -Milliseconds 20 }
        ($run | Stop-AllocatorRun -KillAfter 0.2 -PassThru).Signal | Should -Be 'SIGKILL'
    }

    It 'does not wait with -NoWait' {
        $mark = Join-Path $TestDrive slow
        $run = Start-WithAllocator -NoWait sh -- -c "trap 'sleep 2; exit 0' TERM; echo > $mark; while :; do sleep 0.05; done"
        while (-not (Test-Path $mark)) { Start-Sleep -Milliseconds 20 }
        ($run | Stop-AllocatorRun -NoWait -PassThru).State | Should -Be 'Running'
        ($run | Wait-AllocatorRun -Timeout 20).ExitCode | Should -Be 0
    }

    It 'says why no check ran when the program was killed' {
        Initialize-Checker
        $run = Start-WithAllocator sleep 30 -Allocator tcmalloc -HeapCheck Normal -NoWait | Wait-AllocatorRun -For 0.5
        $stopped = $run | Stop-AllocatorRun -Signal KILL -PassThru -WarningVariable warnings -WarningAction SilentlyContinue
        $stopped.Verdict | Should -Be 'NotChecked'
        $stopped.VerdictReason | Should -Match 'SIGKILL'
        "$warnings" | Should -Match 'No leak check ran'
    }

    It 'sends nothing with -WhatIf' {
        $run = Start-WithAllocator sleep 30 -NoWait
        try {
            $run | Stop-AllocatorRun -WhatIf
            (Get-AllocatorRun $run.Id).State | Should -Be 'Running'
        }
        finally { $run | Stop-AllocatorRun -KillAfter 5 }
    }

    It 'names a signal that is none, and a run that has ended' {
        $run = Start-WithAllocator true -Quiet
        $run | Stop-AllocatorRun -Signal SIGNONE -ErrorVariable failure -ErrorAction SilentlyContinue
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'UnknownSignal,*'
        $run | Stop-AllocatorRun -ErrorVariable failure -ErrorAction SilentlyContinue
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'RunNotRunning,*'
    }

    It 'completes signals' { Get-Completion 'Stop-AllocatorRun x -Signal SIGT' | Should -Contain 'SIGTERM' }
}

Describe 'Remove-AllocatorRun' {
    It 'removes the run and its folder' {
        $run = Start-WithAllocator true -Quiet
        $run | Remove-AllocatorRun
        $run.RunPath | Should -Not -Exist
        { Get-AllocatorRun $run.Id -ErrorAction Stop } | Should -Throw -ErrorId 'RunNotFound,*'
    }

    It 'keeps it with -WhatIf' {
        $run = Start-WithAllocator true -Quiet
        $run | Remove-AllocatorRun -WhatIf
        $run.RunPath | Should -Exist
    }

    It 'removes only what is older than -OlderThan' {
        $run = Start-WithAllocator true -Quiet
        Remove-AllocatorRun -OlderThan 1h
        Remove-AllocatorRun -OlderThan 30d
        Remove-AllocatorRun -OlderThan '30d'
        $age = '90s'
        Remove-AllocatorRun -OlderThan $age
        { Remove-AllocatorRun -OlderThan (30d) } | Should -Throw '*in quotes*'
        $run.RunPath | Should -Exist
        Remove-AllocatorRun -OlderThan 0
        Get-AllocatorRun | Should -BeNullOrEmpty
    }

    It 'does not remove what still runs, and goes on' {
        $running = Start-WithAllocator sleep 30 -NoWait
        try {
            $ended = Start-WithAllocator true -Quiet
            Remove-AllocatorRun '*' -ErrorVariable failure -ErrorAction SilentlyContinue
            $failure[0].FullyQualifiedErrorId | Should -BeLike 'RunStillRunning,*'
            $running.RunPath | Should -Exist
            $ended.RunPath | Should -Not -Exist
        }
        finally { $running | Stop-AllocatorRun -KillAfter 5 }
    }
}

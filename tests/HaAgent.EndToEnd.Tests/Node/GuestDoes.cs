namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>What the guest's boot sector does (tests/lab/node/guests/sector.S reads this letter from the disk, again and again).</summary>
internal enum GuestDoes
{
    ObeyPowerButton = 'b',
    IgnorePowerButton = 'x',
    SwitchOff = 'o',
    RebootOnce = 'r',
    Panic = 'p',
    DirtyMemory = 'd',
    WriteSectors = 'w',
    LetWatchdogExpire = 't',
    SuspendToMemory = 's',
}

namespace Bursar.Core.Access;

/// <summary>What a caller has proved beyond holding a session (PRODUCT W7): short-lived, bound to the session.</summary>
[Flags]
public enum Proof
{
    None = 0,
    Password = 1,
    /// <summary>A one-time code by the channel of the person's choice.</summary>
    Code = 2,
    /// <summary>Whoever runs the program's verbs on its own machine holds its key file and database already.</summary>
    Console = 4 | Code | Password,
}

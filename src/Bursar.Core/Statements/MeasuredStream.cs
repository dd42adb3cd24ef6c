using System.Security.Cryptography;

namespace Bursar.Core.Statements;

/// <summary>What is read through it is counted and hashed; more than a statement file may hold is refused.</summary>
internal sealed class MeasuredStream(Stream inner) : Stream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long bytes;

    /// <summary>SHA-256 of the whole, also of what no reader asked for.</summary>
    public string FinishHash()
    {
        var rest = new byte[16_384];
        while (Read(rest) > 0) { }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        bytes += read;
        if (bytes > StatementLimits.FileBytes)
            StatementRefused.Throw(FaultCodes.FileTooLarge, default, $"A statement file holds up to {StatementLimits.FileBytes} bytes.");
        hash.AppendData(buffer[..read]);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => bytes; set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) hash.Dispose();
        base.Dispose(disposing);
    }
}

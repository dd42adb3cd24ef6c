using Bursar.Core.Ids;

namespace Bursar.Core.Tests;

public sealed class IdTests
{
    private static readonly Guid Known = new("0192f4a8-7c3b-7def-8123-456789abcdef");

    [Fact]
    public void the_outside_form_is_frozen()
    {
        Assert.Equal("00000000000000000000000000", Base32.Encode(Guid.Empty));
        Assert.Equal("7zzzzzzzzzzzzzzzzzzzzzzzzz", Base32.Encode(Guid.AllBitsSet));
        Assert.Equal("tr_01jbtagz1vfqqr28t5cy4tqkff", new TransferId(Known).ToString());
    }

    [Fact]
    public void every_id_reads_back_and_text_sorts_as_ids_do() => Property.Holds<(Guid, Guid)>(pair =>
    {
        var (a, b) = (new PolicyId(pair.Item1), new PolicyId(pair.Item2));
        return PolicyId.TryParse(a.ToString(), out var read) && read == a
            && Math.Sign(string.CompareOrdinal(a.ToString(), b.ToString())) == Math.Sign(a.Value.CompareTo(b.Value));
    });

    [Fact]
    public void ids_sort_by_birth()
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(56);
        Assert.True(string.CompareOrdinal(TransferId.New(now).ToString(), TransferId.New(now.AddMilliseconds(1)).ToString()) < 0);
    }

    [Fact]
    public void an_id_tells_when_it_was_made()
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(56).AddMilliseconds(123);
        Assert.Equal(now, TopUpId.New(now).Born);
        Assert.True(new TopUpId(Guid.AllBitsSet).Born.Year < 9999);
    }

    [Theory]
    [InlineData("tr_01JBTAGZ1VFQQR28T5CY4TQKFF")]
    [InlineData("TR_01jbtagz1vfqqr28t5cy4tqkff")]
    [InlineData("pol_01jbtagz1vfqqr28t5cy4tqkff")]
    [InlineData("tr_81jbtagz1vfqqr28t5cy4tqkff")]
    [InlineData("tr_o1jbtagz1vfqqr28t5cy4tqkff")]
    [InlineData("tr_01jbtagz1vfqqr28t5cy4tqkf")]
    [InlineData("tr_01jbtagz1vfqqr28t5cy4tqkff ")]
    [InlineData("0192f4a8-7c3b-7def-8123-456789abcdef")]
    [InlineData("")]
    [InlineData(null)]
    public void any_other_spelling_is_refused(string? text) => Assert.False(TransferId.TryParse(text, out _));
}

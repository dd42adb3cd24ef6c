using Bursar.Core.Access;

namespace Bursar.Core.Tests;

public sealed class IpRulesTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7/32")]
    [InlineData(" 203.0.113.7/24 ", "203.0.113.0/24")]
    [InlineData("10.255.255.255/9", "10.128.0.0/9")]
    [InlineData("2001:DB8::1", "2001:db8::1/128")]
    [InlineData("2001:db8:ffff::/33", "2001:db8:8000::/33")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7/32")]
    [InlineData("::ffff:203.0.113.7/120", "203.0.113.0/24")]
    public void a_rule_has_one_form(string text, string rule) => Assert.Equal(rule, IpRules.Parse(text).Value);

    [Theory]
    [InlineData("")]
    [InlineData("127.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("0x7f000001")]
    [InlineData("2130706433")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/")]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    [InlineData("::ffff:0.0.0.0/96")]
    [InlineData("::ffff:1.2.3.4/90")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]")]
    [InlineData("example.com")]
    [InlineData("10.0.0.*")]
    public void what_can_be_read_two_ways_or_lets_all_in_is_refused(string text) => Assert.False(IpRules.Parse(text).Ok, text);

    [Fact]
    public void an_address_passes_when_some_rule_holds_it()
    {
        var rules = IpRules.Of(["203.0.113.0/24", "2001:db8::/32"]);
        foreach (var inside in new[] { "203.0.113.255", "::ffff:203.0.113.1", "2001:db8:1::1" }) Assert.True(rules.Allow(inside), inside);
        foreach (var outside in new[] { "203.0.114.0", "2001:db9::1", "", "unknown" }) Assert.False(rules.Allow(outside), outside);
        Assert.True(IpRules.None.Allow(""));
    }

    [Fact]
    public void every_rule_reads_back_as_itself_and_holds_its_base() => Property.Holds<(uint, byte)>(given =>
    {
        var address = new System.Net.IPAddress(BitConverter.GetBytes(given.Item1));
        var rule = IpRules.Parse($"{address}/{given.Item2 % 32 + 1}");
        return rule.Ok && IpRules.Parse(rule.Value).Value == rule.Value && IpRules.Of([rule.Value]).Allow(address.ToString());
    });

    [Fact]
    public void a_list_holds_each_rule_once_and_no_more_than_fifty()
    {
        Assert.Equal(["10.0.0.1/32"], IpRules.ParseAll(["10.0.0.1", "10.0.0.1/32"], "/ipRules").Value);
        Assert.False(IpRules.ParseAll([.. Enumerable.Range(0, 51).Select(i => $"10.0.0.{i}")], "/ipRules").Ok);
        Assert.Equal("/ipRules", IpRules.ParseAll(["nonsense"], "/ipRules").Error.Fields[0].Field);
    }
}

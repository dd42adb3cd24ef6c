using Bursar.Core.Results;
using Xunit;

namespace Bursar.Core.Tests;

public sealed class ResultTests
{
    [Fact]
    public void the_value_of_a_failure_throws_that_failure()
    {
        Result<int> failed = new Error(Errors.Overloaded, "Later.");
        Assert.Equal(failed.Error, Assert.Throws<FailedResultException>(() => failed.Value).Error);
        Assert.Equal(7, ((Result<int>)7).Value);
    }
}

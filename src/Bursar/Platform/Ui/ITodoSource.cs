namespace Bursar.Platform.Ui;

/// <summary>What a room has to say in Home's "Needs attention" to whoever looks; rooms register theirs as singletons.</summary>
public interface ITodoSource
{
    Task<IReadOnlyList<Todo>> Of(PageContext page);
}

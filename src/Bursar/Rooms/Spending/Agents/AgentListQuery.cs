using Bursar.Platform.Ui;
using Microsoft.Extensions.Primitives;

namespace Bursar.Rooms.Spending.Agents;

/// <summary>The URL of the page of agents: the open one is named by its id.</summary>
public sealed class AgentListQuery(string path, IEnumerable<KeyValuePair<string, StringValues>> query) : ListQuery(path, query);

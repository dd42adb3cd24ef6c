// The typed ids, by the names that the sources use. Linked into every project that names them.
global using WorkspaceId = Bursar.Core.Ids.Id<Bursar.Core.Ids.WorkspaceKind>;
global using MemberId = Bursar.Core.Ids.Id<Bursar.Core.Ids.MemberKind>;
global using ApiKeyId = Bursar.Core.Ids.Id<Bursar.Core.Ids.ApiKeyKind>;
global using IpRuleId = Bursar.Core.Ids.Id<Bursar.Core.Ids.IpRuleKind>;
global using PolicyId = Bursar.Core.Ids.Id<Bursar.Core.Ids.PolicyKind>;
global using ApprovalId = Bursar.Core.Ids.Id<Bursar.Core.Ids.ApprovalKind>;
global using TransferId = Bursar.Core.Ids.Id<Bursar.Core.Ids.TransferKind>;
global using TopUpId = Bursar.Core.Ids.Id<Bursar.Core.Ids.TopUpKind>;
global using AccountId = Bursar.Core.Ids.Id<Bursar.Core.Ids.AccountKind>;
global using LedgerTransferId = Bursar.Core.Ids.Id<Bursar.Core.Ids.LedgerTransferKind>;
global using EventId = Bursar.Core.Ids.Id<Bursar.Core.Ids.EventKind>;
global using WebhookEndpointId = Bursar.Core.Ids.Id<Bursar.Core.Ids.WebhookEndpointKind>;
global using DeliveryId = Bursar.Core.Ids.Id<Bursar.Core.Ids.DeliveryKind>;
global using RequestId = Bursar.Core.Ids.Id<Bursar.Core.Ids.RequestKind>;
global using SessionId = Bursar.Core.Ids.Id<Bursar.Core.Ids.SessionKind>;
global using AttemptId = Bursar.Core.Ids.Id<Bursar.Core.Ids.AttemptKind>;
global using ApplicationId = Bursar.Core.Ids.Id<Bursar.Core.Ids.ApplicationKind>;

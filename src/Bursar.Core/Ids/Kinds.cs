namespace Bursar.Core.Ids;

// One marker a thing that has an id; the prefixes are part of the HTTP contract.
public sealed class WorkspaceKind : IIdKind { public static string Prefix => "ws_"; }
public sealed class MemberKind : IIdKind { public static string Prefix => "mem_"; }
public sealed class ApiKeyKind : IIdKind { public static string Prefix => "key_"; }
public sealed class IpRuleKind : IIdKind { public static string Prefix => "ipr_"; }
public sealed class PolicyKind : IIdKind { public static string Prefix => "pol_"; }
public sealed class ApprovalKind : IIdKind { public static string Prefix => "apr_"; }
public sealed class TransferKind : IIdKind { public static string Prefix => "tr_"; }
public sealed class BeneficiaryKind : IIdKind { public static string Prefix => "bnf_"; }
public sealed class InquiryKind : IIdKind { public static string Prefix => "inq_"; }
public sealed class BatchKind : IIdKind { public static string Prefix => "bat_"; }
public sealed class TopUpKind : IIdKind { public static string Prefix => "top_"; }
public sealed class StatementLineKind : IIdKind { public static string Prefix => "lin_"; }
public sealed class StatementImportKind : IIdKind { public static string Prefix => "imp_"; }
public sealed class RefundKind : IIdKind { public static string Prefix => "ref_"; }
public sealed class AccountKind : IIdKind { public static string Prefix => "acc_"; }
public sealed class LedgerTransferKind : IIdKind { public static string Prefix => "ltx_"; }
public sealed class EventKind : IIdKind { public static string Prefix => "evt_"; }
public sealed class WebhookEndpointKind : IIdKind { public static string Prefix => "whe_"; }
public sealed class DeliveryKind : IIdKind { public static string Prefix => "dlv_"; }
public sealed class RequestKind : IIdKind { public static string Prefix => "req_"; }
public sealed class SessionKind : IIdKind { public static string Prefix => "ses_"; }
public sealed class AttemptKind : IIdKind { public static string Prefix => "att_"; }
public sealed class ApplicationKind : IIdKind { public static string Prefix => "app_"; }
public sealed class SpendRequestKind : IIdKind { public static string Prefix => "spr_"; }
public sealed class HandleKind : IIdKind { public static string Prefix => "hdl_"; }
public sealed class SatKind : IIdKind { public static string Prefix => "sat_"; }
public sealed class ReceiptKind : IIdKind { public static string Prefix => "rcp_"; }
public sealed class AnomalyKind : IIdKind { public static string Prefix => "anm_"; }
public sealed class QuoteKind : IIdKind { public static string Prefix => "quo_"; }
public sealed class InternationalTransferKind : IIdKind { public static string Prefix => "itr_"; }
public sealed class AttachmentKind : IIdKind { public static string Prefix => "fil_"; }
public sealed class InformationRequestKind : IIdKind { public static string Prefix => "inf_"; }

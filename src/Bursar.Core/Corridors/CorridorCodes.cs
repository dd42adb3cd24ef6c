namespace Bursar.Core.Corridors;

/// <summary>The special identifiers with their forms, and the choices that regulators ask about.</summary>
public static class CorridorCodes
{
    private static readonly Dictionary<string, CorridorField> Identifiers = new CorridorField[]
    {
        new("iban", "IBAN", FieldKind.Iban) { MinLength = 15, MaxLength = 34, Pattern = "[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}" },
        Code("swiftBic", "SWIFT/BIC", "[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", "8 or 11 letters and digits"),
        Code("sortCode", "Sort code", "[0-9]{6}", "6 digits"),
        Code("bsbNumber", "BSB number", "[0-9]{6}", "6 digits"),
        Code("ifsCode", "IFS code", "[A-Z]{4}0[A-Z0-9]{6}", "4 letters, a zero, 6 letters or digits"),
        new("achCode", "ACH routing number", FieldKind.RoutingNumber)
            { MinLength = 9, MaxLength = 9, Pattern = "[0-9]{9}", Hint = "9 digits" },
        Code("branchNumber", "Branch number", "[0-9]{3}", "3 digits"),
        Code("registrationNumber", "Registration number", "[0-9]{10,13}", "10 to 13 digits, of the person or the company"),
        Code("idNumber", "Identity number", "[0-9A-Z]{15,18}", "15 to 18 letters and digits, of the person or the company"),
        new("idExpiry", "Identity valid until", FieldKind.FutureDate),
        new("msisdn", "Mobile number", FieldKind.Phone) { MaxLength = 16 },
    }.ToDictionary(f => f.Name);

    public static readonly IReadOnlyList<FieldOption> Identities =
    [
        new("national_id", "National identity card (KTP)"), new("passport", "Passport"), new("driving_licence", "Driving licence"),
        new("residence_permit", "Residence permit"),
    ];

    private static readonly FieldOption[] Between =
    [
        new("supplier", "Supplier"), new("customer", "Customer"), new("business_partner", "Business partner"),
        new("group_company", "Company of the same group"),
    ];

    private static readonly FieldOption[] Family =
    [
        new("parent", "Parent"), new("child", "Child"), new("spouse", "Spouse"), new("sibling", "Brother or sister"),
        new("other_relative", "Other relative"), new("friend", "Friend"), new("self", "Own account"),
    ];

    public static CorridorField Field(Identifier identifier) => Identifiers[identifier.Name] with { Required = identifier.IsRequired };

    public static IReadOnlyList<FieldOption> Relationships(CorridorType type) => type switch
    {
        CorridorType.C2c => Family,
        CorridorType.C2b => [new("customer", "Customer"), new("student", "Student"), new("employee", "Employee"), new("owner", "Owner")],
        CorridorType.B2c => [new("employee", "Employee"), new("freelancer", "Freelancer"), .. Between[..3]],
        _ => Between,
    };

    public static IReadOnlyList<FieldOption> Purposes(CorridorType type) => type.IsFromCompany()
        ?
        [
            new("goods", "Payment for goods"), new("services", "Payment for services"), new("salary", "Salary or fee"),
            new("tax", "Tax"), new("loan", "Loan or repayment"), new("investment", "Investment"), new("other", "Other"),
        ]
        :
        [
            new("family_support", "Family support"), new("education", "Education"), new("medical", "Medical treatment"),
            new("travel", "Travel"), new("goods", "Payment for goods"), new("services", "Payment for services"),
            new("property", "Property"), new("gift", "Gift"), new("savings", "Savings"), new("other", "Other"),
        ];

    public static IReadOnlyList<FieldOption> Sources(CorridorType type) => type.IsFromCompany()
        ? [new("business_income", "Business income"), new("loan", "Loan"), new("investment", "Investment"), new("capital", "Capital")]
        :
        [
            new("salary", "Salary"), new("business_income", "Business income"), new("savings", "Savings"), new("gift", "Gift"),
            new("inheritance", "Inheritance"), new("investment", "Investment"), new("loan", "Loan"),
        ];

    private static CorridorField Code(string name, string label, string pattern, string hint) =>
        new(name, label, FieldKind.Code) { Pattern = pattern, Hint = hint, MaxLength = 35 };
}

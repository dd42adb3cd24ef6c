using Bursar.Core.Results;

namespace Bursar.Core.Corridors;

/// <summary>
/// What one corridor asks for one type of transfer: whom the money goes to, for whom it is sent (nobody for a company: it is the
/// workspace's own), and whether an invoice is attached.
/// </summary>
public sealed record CorridorForm(Corridor Corridor, CorridorType Type)
{
    private static readonly CorridorField AddressField = new("address", "Address", FieldKind.Text) { MaxLength = 140 };
    private static readonly CorridorField CityField = new("city", "City", FieldKind.Text);

    /// <summary>Where the rail finds the bank, in the order in which it looks.</summary>
    private static readonly string[] Routes = ["swiftBic", "sortCode", "bsbNumber", "ifsCode", "achCode"];

    public bool NeedsAttachment => Type.IsFromCompany();

    public IReadOnlyList<CorridorField> Beneficiary { get; } =
    [
        new("fullName", Type.IsToCompany() ? "Company name" : "Full name", FieldKind.Text)
            { MinLength = 2, Hint = "As the bank knows it" },
        .. Account(Corridor),
        .. Corridor.Identifiers.Select(i => CorridorCodes.Field(i)),
        new("bankName", "Bank", FieldKind.Text) { MinLength = 2 },
        new("bankId", "Bank code", FieldKind.Text) { Required = false, MaxLength = 35, Hint = "Of the list of the rail, if it has one" },
        AddressField, CityField,
        new("province", "Province or state", FieldKind.Text),
        new("postalCode", "Postal code", FieldKind.Text) { Required = false, MaxLength = 16 },
        new("nationality", Type.IsToCompany() ? "Country of registration" : "Nationality", FieldKind.Country),
        new("email", "E-mail", FieldKind.Email) { Required = false, MaxLength = 254 },
        new("relationship", "Relationship", FieldKind.Choice) { Options = CorridorCodes.Relationships(Type) },
        new("remittancePurpose", "Purpose", FieldKind.Choice) { Options = CorridorCodes.Purposes(Type) },
        new("sourceOfFunds", "Source of funds", FieldKind.Choice) { Options = CorridorCodes.Sources(Type) },
        .. Type.IsFromCompany()
            ? [new CorridorField("documentReferenceNumber", "Document number", FieldKind.Text)
                { Required = false, MaxLength = 35, Hint = "Of the invoice that you attach" }]
            : (CorridorField[])[],
    ];

    public IReadOnlyList<CorridorField> Sender { get; } = Type.IsFromCompany() ? [] :
    [
        new("fullName", "Full name", FieldKind.Text) { MinLength = 2 },
        AddressField, CityField,
        new("country", "Country", FieldKind.Country),
        new("phone", "Phone", FieldKind.Phone),
        new("email", "E-mail", FieldKind.Email) { MaxLength = 254 },
        new("job", "Occupation", FieldKind.Text),
        new("placeOfBirth", "Place of birth", FieldKind.Text),
        new("dateOfBirth", "Date of birth", FieldKind.PastDate),
        new("identityType", "Identity document", FieldKind.Choice) { Options = CorridorCodes.Identities },
        new("identityNumber", "Document number", FieldKind.Text) { MinLength = 4, MaxLength = 35 },
    ];

    /// <summary>The form, or null where the corridor does not take this type.</summary>
    public static CorridorForm? Of(Corridor corridor, CorridorType type) =>
        corridor.Types.Contains(type) ? new CorridorForm(corridor, type) : null;

    /// <summary>
    /// The kept values of the fields that are there. What is missing, unknown or wrong joins <paramref name="errors"/> under its pointer
    /// below <paramref name="at"/>.
    /// </summary>
    public Dictionary<string, string> Read(
        IReadOnlyList<CorridorField> fields, IReadOnlyDictionary<string, string?> given, string at, DateOnly today, List<FieldError> errors)
    {
        foreach (var name in given.Keys.Where(name => fields.All(f => f.Name != name)))
        {
            var isName = name.Length <= 40 && name.All(char.IsAsciiLetterOrDigit);
            errors.Add(new(isName ? $"{at}/{name}" : at, "unknown", "This corridor has no such field."));
        }
        var kept = new Dictionary<string, string>();
        foreach (var field in fields)
        {
            var value = field.Kept(given.GetValueOrDefault(field.Name) ?? "");
            if (value.Length == 0)
            {
                if (field.Required) errors.Add(new($"{at}/{field.Name}", "required", "This is required."));
            }
            else if (field.Problem(value, Corridor.Country, today) is { } problem)
                errors.Add(new($"{at}/{field.Name}", "invalid", problem));
            else kept[field.Name] = value;
        }
        return kept;
    }

    /// <summary>The account's number of a beneficiary that was read.</summary>
    public static string AccountOf(IReadOnlyDictionary<string, string> beneficiary) =>
        beneficiary.GetValueOrDefault("iban") ?? beneficiary["accountNumber"];

    /// <summary>
    /// The bank as policies name it: the number that finds it, behind the country's two letters where it is a national one.
    /// </summary>
    public string BankOf(IReadOnlyDictionary<string, string> beneficiary)
    {
        var route = Array.Find(Routes, beneficiary.ContainsKey);
        return route is null ? Corridor.Country.Alpha2
            : route == "swiftBic" ? beneficiary[route] : Corridor.Country.Alpha2 + beneficiary[route];
    }

    private static CorridorField[] Account(Corridor corridor) => corridor.Account is not { } digits ? [] :
    [
        new("accountNumber", "Account number", FieldKind.Code)
        {
            MinLength = digits.From,
            MaxLength = digits.To,
            Pattern = $"[0-9]{{{digits.From},{digits.To}}}",
            Hint = digits.From == digits.To ? $"{digits.To} digits" : $"{digits.From} to {digits.To} digits",
        },
    ];
}

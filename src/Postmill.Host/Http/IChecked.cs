namespace Postmill.Host.Http;

/// <summary>A request body that knows what makes it valid; <see cref="JsonBody"/> asks it after reading.</summary>
internal interface IChecked
{
    void Check(FieldErrors errors);
}

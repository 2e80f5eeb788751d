namespace Postmill.Mail.Archives;

/// <summary>A file in a zip, stored as it is.</summary>
/// <param name="Name">UTF-8, with <c>/</c> between folders; at most 65,535 octets (<see cref="ZipNames"/> gives less).</param>
/// <param name="At">When it was last changed; kept in UTC, to two seconds, between 1980 and 2107.</param>
/// <param name="Size">Octets; below 4 GiB, so that the file's own header needs no ZIP64.</param>
/// <param name="Crc">Of its octets.</param>
public sealed record ZipEntry(string Name, DateTimeOffset At, long Size, uint Crc);

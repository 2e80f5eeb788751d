using System.Globalization;

namespace Postmill.Mail.Tests.Mime;

/// <summary>RFC 5322 sections 3.3 and 4.3; hard case 28.</summary>
public sealed class DateTests
{
    [Theory]
    [InlineData("Wed, 22 Jul 2015 01:02:29 +0900", "2015-07-22T01:02:29+09:00")]
    [InlineData("22 Jul 2015 01:02 +0900 (JST)", "2015-07-22T01:02:00+09:00")]
    [InlineData("Wed, 22 Jul 2015 01:02:29 -0000", "2015-07-22T01:02:29+00:00")]
    [InlineData("Wed, 22 Jul 2015 01:02:29", "2015-07-22T01:02:29+00:00")]
    [InlineData("Wed, 22 Jul 2015", "2015-07-22T00:00:00+00:00")]
    [InlineData("Sun, 7 May 95 16:21:03 GMT", "1995-05-07T16:21:03+00:00")]
    [InlineData("7 May 49 1:2:3 EST", "2049-05-07T01:02:03-05:00")]
    [InlineData("7 May 105 16:21:03 PDT", "2005-05-07T16:21:03-07:00")]
    [InlineData("Mon Aug 18 21:13:21 1997", "1997-08-18T21:13:21+00:00")]
    [InlineData("2017-08-20T10:08:28Z", "2017-08-20T10:08:28+00:00")]
    [InlineData("20-Aug-2017 10:08:28 +0000", "2017-08-20T10:08:28+00:00")]
    [InlineData("Wed, 31 Dec 1969 23:59:59 +0000", "1969-12-31T23:59:59+00:00")]
    [InlineData("Tue, 19 Jan 2038 03:14:08 +0000", "2038-01-19T03:14:08+00:00")]
    [InlineData("Fri, 31 Dec 9999 23:59:59 +0000", "9999-12-31T23:59:59+00:00")]
    [InlineData("Wed, 22 Jul 2015 01:02:29 +2400", "2015-07-21T01:02:29+00:00")]
    [InlineData("Wed, 22 Jul 2015 01:02:29 +0560", "2015-07-22T01:02:29+06:00")]
    [InlineData("Wed, 22 Jul 2015 01:02:60 +0000", "2015-07-22T01:02:59+00:00")]
    [InlineData("Wed,\n 22 Jul 2015 01:02:29 GMT+0100", "2015-07-22T01:02:29+01:00")]
    [InlineData("Wed, 22 Jul 2015 01:02:29 -1315", "2015-07-22T01:02:29-13:15")]
    [InlineData("Wed, 22 Jul 2015 01:02:29+0200", "2015-07-22T01:02:29+02:00")]
    [InlineData("Wed, 22 Jul 2015 01:02:29.617 +02:00", "2015-07-22T01:02:29+02:00")]
    [InlineData("Wed, 22 Jul 2015 01:02:29 CEST", "2015-07-22T01:02:29+02:00")]
    [InlineData("Wed, 22 Jul 2015 01:02:29 met", "2015-07-22T01:02:29+01:00")]
    [InlineData("Tue, 28 May 1996 12:24:23 cst", "1996-05-28T12:24:23-06:00")]
    [InlineData("Tue, 029 Apr 2019 23:34:45 -0800 (PST)", "2019-04-29T23:34:45-08:00")]
    public void A_date_is_read_in_every_shape(string value, string expected)
    {
        var date = TestMail.WithField("Date: " + value).Date;
        Assert.Equal(expected, date?.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("Wed, 22 Jul 0000 01:02:29 +0000")]
    [InlineData("Fri, 1 Jan 1904 00:00:00 +0000")]
    [InlineData("Fri, 31 Dec 9999 23:59:59 -0100")]
    [InlineData("Wed, 30 Feb 2015 01:02:29 +0000")]
    [InlineData("Wed, 00 Jan 2015 01:02:29 +0000")]
    [InlineData("99999999999999999999")]
    [InlineData(": : :")]
    [InlineData("::")]
    [InlineData("09+01:00")]
    public void A_hopeless_date_is_none(string value) => Assert.Null(TestMail.WithField("Date: " + value).Date);

    [Fact]
    public void No_date_is_none() => Assert.Null(TestMail.WithField("Subject: x").Date);
}

Console.WriteLine("Postmill bench");

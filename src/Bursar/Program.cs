Console.WriteLine("bursar");

"""Names for a made-up council. Any likeness to a real person is chance."""

FIRST_NAMES = (
    "Aaliyah", "Abigail", "Adaeze", "Adam", "Agnieszka", "Aisha", "Alasdair", "Amara", "Amit", "Andrea",
    "Aneesa", "Angharad", "Anita", "Anthony", "Ayodele", "Bethan", "Bilal", "Bronwen", "Callum", "Carmen",
    "Catherine", "Chidi", "Claire", "Craig", "Dafydd", "Daniela", "Deepa", "Delroy", "Denise", "Dominika",
    "Eilidh", "Elaine", "Emeka", "Erin", "Esther", "Fatima", "Fiona", "Funmi", "Gareth", "Gemma",
    "Grace", "Gurpreet", "Hannah", "Harjit", "Helen", "Ibrahim", "Imogen", "Ines", "Iwona", "Jacinta",
    "Jamal", "Janine", "Jasmin", "Jerome", "Joanne", "Kamal", "Karen", "Kavita", "Kieran", "Kwame",
    "Leanne", "Lewis", "Lorraine", "Mahmood", "Maria", "Marlon", "Mei", "Mohammed", "Naomi", "Nasreen",
    "Neil", "Nicola", "Olivia", "Omar", "Patrick", "Paula", "Priya", "Rachel", "Rashida", "Rhys",
    "Rosa", "Ruth", "Samira", "Sanjay", "Shabana", "Shauna", "Simone", "Siobhan", "Stephen", "Sunita",
    "Tamsin", "Tariq", "Temi", "Theresa", "Tomasz", "Usha", "Victoria", "Wendy", "Yasmin", "Zainab",
)  # fmt: skip

SURNAMES = (
    "Abara", "Adeyemi", "Ahmed", "Akhtar", "Alderson", "Ashworth", "Bairstow", "Balogun", "Barraclough",
    "Begum", "Bennett", "Bhatt", "Blackwood", "Brennan", "Campbell", "Chaudhry", "Clegg", "Costa", "Crowther",
    "Dhillon", "Doyle", "Dyson", "Eccles", "Edwards", "Ejiofor", "Farrell", "Feather", "Fernandes",
    "Gallagher", "Garside", "Gill", "Greenwood", "Haigh", "Hanif", "Hartley", "Hirst", "Holroyd", "Hussain",
    "Iqbal", "Jagger", "Jankowska", "Jones", "Kaur", "Kershaw", "Kowalczyk", "Lister", "Lumb", "Mahmood",
    "Malik", "McAllister", "Mensah", "Midgley", "Mistry", "Morgan", "Murgatroyd", "Naylor", "Ncube", "Novak",
    "Obi", "O'Connor", "Okafor", "Osei", "Parveen", "Patel", "Pickles", "Popescu", "Priestley", "Qureshi",
    "Ramsden", "Reid", "Rhodes", "Robertshaw", "Roberts", "Santos", "Shackleton", "Shah", "Sharma",
    "Singh", "Sugden", "Sutcliffe", "Szymanski", "Tan", "Tattersall", "Thackray", "Thompson", "Uddin",
    "Varley", "Wadsworth", "Walsh", "Whitaker", "Williams", "Wojcik", "Wright", "Yeadon", "Yilmaz", "Zaman",
)  # fmt: skip

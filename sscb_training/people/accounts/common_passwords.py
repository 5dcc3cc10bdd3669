"""Passwords that are tried first, of twelve characters and more; and words that nothing but digits follows.

Written for this service from what breaches have in common: keyboard walks, counting, names of the trade and
the place. It stops the first guesses; throttling stops the rest.
"""

_COMMON = r"""
    000000000000 098765432109 0987654321098 101010101010 111111222222 111222333444 112233445566 121212121212
    123123123123 123456123456 123456789012 1234567890123 12345678901234 1234567890ab 1234567890qwe
    1234567890qwertyuiop 123456789123 123456789123456789 123456789abc 123456789abcd 123456789qwerty
    123abc123abc 123qwe123qwe 123qweasd123 123qweasdzxc 147258369000 147258369147 1q2w3e4r5t6y
    1q2w3e4r5t6y7u 1q2w3e4r5t6y7u8i 1q2w3e4r5t6y7u8i9o0p 1qaz2wsx3edc 1qaz2wsx3edc4rfv 696969696969
    987654321098 987654321987 999999999999 a1b2c3d4e5f6 a1b2c3d4e5f6g7 abc123abc123 abcd1234abcd
    abcdefg12345 abcdefg123456 abcdefghijkl abcdefghijklm admin1234567 admin12345678 adminadmin12
    adminadminadmin administrator administrator1 arsenal12345 asdfasdfasdf asdfghjkl123 asdfghjkl1234
    asdfghjkl;'# asdfghjklzxc batman123456 changeme1234 changemechangeme charlie12345 chelseafc123
    childprotection childprotection1 computer1234 correcthorsebatterystaple defaultpassword dragon123456
    football1234 footballfootball headteacher1 headteacher123 healthvisitor healthvisitor1 ihatepasswords
    ilovemychildren ilovemyfamily iloveyou1234 iloveyou12345 iloveyou2you iloveyoubaby iloveyouforever
    iloveyousomuch internet1234 january12345 jennifer1234 letmein12345 letmeinletmein letmeinplease
    liverpool123 liverpoolfc1 manchesterunited manunited123 master123456 michael12345 monkey123456
    mypassword123 newpassword1 newpassword123 p@ssw0rd1234 p@ssword1234 passw0rd1234 password1234
    password12345 password123456 password1234567 password12345678 password123456789 passwordpassword
    pokemon12345 princess1234 qazwsxedc123 qazwsxedcrfv qwerty123456 qwerty1234567 qwerty12345678
    qwerty123456789 qwertyqwerty qwertyuiop12 qwertyuiop123 qwertyuiop1234 qwertyuiop[] qwertyuiop[]\
    qwertyuiopas qwertyuiopasdf qwertyuiopasdfghjkl rootrootroot safeguarding safeguarding! safeguarding1
    safeguarding12 safeguarding123 safeguarding1234 safeguardingchildren secret123456 secretsecret
    shadow123456 shrewsbury12 shrewsbury123 shrewsbury1234 shropshire12 shropshire123 shropshire1234
    shropshirecouncil socialworker socialworker1 socialworker123 starwars1234 summer202020 sunshine1234
    sunshine12345 superman1234 telford12345 temporary123 testing12345 testing1234567 testpassword
    testtesttest thisisapassword thisismypassword training1234 training12345 trainingpassword
    trainingtraining trustno1trustno1 welcome12345 welcomehome1 welcometohell welcomewelcome whatever1234
    winter202020 zaq12wsxcde3 zaq1zaq1zaq1 zxcvbnm12345 zxcvbnm123456 zxcvbnmasdfghjkl
"""
COMMON = frozenset(_COMMON.split()) | {"correct horse battery staple"}

_STEMS = """
    admin administrator april arsenal asdfghjkl august autumn batman changeme changemenow charlie chelsea
    childprotection computer council december default dragon england everton february football friday guest
    iloveyou internet january jennifer july june letmein letmeinnow liverpool manchester march master
    michael monday monkey mypassword newpassword november nurse october oldpassword passphrase password
    passwords passwort pokemon police princess qwerty qwertyuiop qwertyuiopasdfghjkl safeguarding
    safeguardingboard safeguardingchildren saturday school secret september shadow shrewsbury shropshire
    shropshirecouncil socialworker spring starwars summer sunday sunshine superman superuser teacher telford
    temporary thursday training trustno tuesday wednesday welcome welcomeback whatever winter yourpassword
    zxcvbnm
"""
COMMON_STEMS = frozenset(_STEMS.split())

//! Words that the demo book is made of: companies, people, ports, charges. All companies are invented.

/// Where customers sit: name, pinyin, district code of the credit code, dialling code.
pub const CITIES: [(&str, &str, &str, &str); 14] = [
    ("宁波", "Ningbo", "330206", "0574"),
    ("宁波", "Ningbo", "330212", "0574"),
    ("宁波", "Ningbo", "330203", "0574"),
    ("慈溪", "Cixi", "330282", "0574"),
    ("余姚", "Yuyao", "330281", "0574"),
    ("绍兴", "Shaoxing", "330602", "0575"),
    ("义乌", "Yiwu", "330782", "0579"),
    ("杭州", "Hangzhou", "330108", "0571"),
    ("台州", "Taizhou", "331002", "0576"),
    ("温州", "Wenzhou", "330302", "0577"),
    ("嘉兴", "Jiaxing", "330402", "0573"),
    ("苏州", "Suzhou", "320506", "0512"),
    ("上海", "Shanghai", "310115", "021"),
    ("浙江", "Zhejiang", "330104", "0571"),
];

/// First halves of trade names.
pub const FIRST: [(&str, &str); 20] = [
    ("恒", "Heng"),
    ("博", "Bo"),
    ("瑞", "Rui"),
    ("华", "Hua"),
    ("锦", "Jin"),
    ("东", "Dong"),
    ("天", "Tian"),
    ("正", "Zheng"),
    ("盛", "Sheng"),
    ("凌", "Ling"),
    ("启", "Qi"),
    ("嘉", "Jia"),
    ("鑫", "Xin"),
    ("弘", "Hong"),
    ("泰", "Tai"),
    ("永", "Yong"),
    ("德", "De"),
    ("云", "Yun"),
    ("百", "Bai"),
    ("安", "An"),
];

/// Second halves.
pub const SECOND: [(&str, &str); 20] = [
    ("茂", "mao"),
    ("远", "yuan"),
    ("锐", "rui"),
    ("达", "da"),
    ("成", "cheng"),
    ("明", "ming"),
    ("禾", "he"),
    ("丰", "feng"),
    ("海", "hai"),
    ("润", "run"),
    ("泽", "ze"),
    ("川", "chuan"),
    ("航", "hang"),
    ("宇", "yu"),
    ("邦", "bang"),
    ("联", "lian"),
    ("创", "chuang"),
    ("腾", "teng"),
    ("悦", "yue"),
    ("森", "sen"),
];

/// Trade names that are well-known firms, odd words, or used by hand already.
pub const AVOIDED: [&str; 30] = [
    "德邦", "安邦", "正邦", "华联", "百联", "安联", "华润", "泰森", "东航", "天航", "华创", "华宇", "华海", "永远",
    "天海", "天成", "安达", "瑞达", "华达", "恒茂", "博远", "华锐", "启达", "启明", "德润", "永联", "云川", "盛航",
    "东海", "凌云",
];

/// Trades of direct customers: in the name, in English, as an industry.
pub const TRADES: [(&str, &str, &str); 20] = [
    ("进出口", "Imp. & Exp.", "外贸"),
    ("国际贸易", "International Trade", "外贸"),
    ("纺织科技", "Textile", "纺织"),
    ("机械制造", "Machinery", "机械"),
    ("化工", "Chemical", "化工"),
    ("电子科技", "Electronics", "电子"),
    ("汽车零部件", "Auto Parts", "汽车零部件"),
    ("金属材料", "Metal Materials", "钢铁"),
    ("光伏科技", "Solar", "新能源"),
    ("鞋业", "Footwear", "鞋服"),
    ("印染", "Dyeing", "纺织"),
    ("家居用品", "Home Products", "家居"),
    ("文具", "Stationery", "文具"),
    ("厨具", "Kitchenware", "家居"),
    ("五金制品", "Hardware", "五金"),
    ("照明电器", "Lighting", "照明"),
    ("玩具", "Toys", "玩具"),
    ("紧固件", "Fasteners", "五金"),
    ("模具", "Moulds", "机械"),
    ("园林工具", "Garden Tools", "园林机械"),
];

/// Trades of fellow forwarders.
pub const FORWARDERS: [(&str, &str, &str); 3] = [
    ("国际货运代理", "International Freight", "货运代理"),
    ("国际物流", "International Logistics", "货运代理"),
    ("供应链管理", "Supply Chain", "供应链"),
];

/// Trades of web shops.
pub const SHOPS: [(&str, &str, &str); 3] = [
    ("电子商务", "E-Commerce", "跨境电商"),
    ("网络科技", "Network Technology", "跨境电商"),
    ("跨境贸易", "Cross-Border Trade", "跨境电商"),
];

/// Agents abroad, billed in dollars.
pub const ABROAD: [&str; 14] = [
    "Nordkai Spedition GmbH",
    "Elbhafen Logistik GmbH",
    "Maasvlakte Forwarding B.V.",
    "Scheldt Line Agencies NV",
    "Solent Freight Services Ltd.",
    "Pacific Crest Logistics, Inc.",
    "Long Beach Harbor Forwarding LLC",
    "Great Lakes Cargo Partners, Inc.",
    "Straits Gateway Logistics Pte. Ltd.",
    "Gulf Falcon Shipping LLC",
    "Santos Mar Agenciamento Ltda.",
    "Adriatica Trasporti S.r.l.",
    "Costa Levante Transitarios S.L.",
    "Southern Cross Freight Pty. Ltd.",
];

/// Surnames and given names of contacts.
pub const SURNAMES: [&str; 16] =
    ["陈", "林", "王", "周", "徐", "张", "李", "吴", "胡", "朱", "叶", "沈", "俞", "郑", "何", "方"];
/// Given names.
pub const GIVEN: [&str; 16] = [
    "敏", "静", "浩", "磊", "洁", "勇", "丽萍", "建国", "晓燕", "志强", "文婷", "海波", "雪峰", "佳怡", "国平", "思远",
];

/// Salespeople by their sign-in names.
pub const SALES: [&str; 5] = ["chen.jing", "lin.hao", "wang.yu", "zhou.min", "xu.lei"];

/// Ports abroad: name, yuan per 40-foot box, dollars per 40-foot box.
pub const PORTS: [(&str, i64, i64); 14] = [
    ("汉堡", 24_800, 3_450),
    ("鹿特丹", 24_200, 3_360),
    ("安特卫普", 24_600, 3_420),
    ("费利克斯托", 25_400, 3_530),
    ("洛杉矶", 28_900, 4_020),
    ("长滩", 28_600, 3_980),
    ("纽约", 39_800, 5_540),
    ("萨凡纳", 39_200, 5_450),
    ("新加坡", 6_900, 960),
    ("杰贝阿里", 15_800, 2_200),
    ("桑托斯", 33_500, 4_660),
    ("热那亚", 26_300, 3_660),
    ("巴塞罗那", 26_800, 3_730),
    ("悉尼", 18_700, 2_600),
];

/// Airports: name, fen per kilogram.
pub const AIRPORTS: [(&str, i64); 6] = [
    ("法兰克福", 3_280),
    ("阿姆斯特丹", 3_190),
    ("芝加哥", 4_150),
    ("洛杉矶", 3_980),
    ("列日", 2_960),
    ("大阪", 1_420),
];

/// How bills of lading begin.
pub const CARRIERS: [&str; 7] = ["COSU", "OOLU", "EGLV", "YMLU", "HLCU", "ONEY", "ZIMU"];

"""A sound stage file, and the ways to break it that must be reported."""

from __future__ import annotations

from typing import NamedTuple

SOUND = """\
id = "small"
duration_s = 100
step_ms = 10
width = 8
height = 4
unlocked = ["server"]
nodes = [
    { key = "clients", kind = "clients", x = 0, y = 1 },
    { key = "web", kind = "server", x = 3, y = 1, size = "standard" },
    { key = "data", kind = "store", x = 5, y = 1 },
]
wires = [
    { source = "clients", target = "web" },
    { source = "web", target = "data" },
]

[traffic]
mix = { page = 3, save = 1 }
curve = [{ at_s = 0, rps = 10 }, { at_s = 50, rps = 20 }]

[goal]
error_threshold = 0.1

[[request_kinds]]
id = "page"
recipe = [{ sub_item = "static" }, { sub_item = "read" }]

[[request_kinds]]
id = "save"
recipe = [{ sub_item = "static" }, { sub_item = "write", work = 2 }]

[[node_kinds]]
id = "clients"
role = "source"
may_call = ["server"]
sizes = [{ id = "standard" }]

[[node_kinds]]
id = "server"
role = "compute"
may_call = ["store"]
sizes = [{ id = "standard", price = 10, slots = 4, queue = 20, service_ms = { static = 50 } }]

[[node_kinds]]
id = "store"
role = "database"
sizes = [{ id = "standard", slots = 8, queue = 20, service_ms = { read = 40, write = 80 } }]
policies = [{ key = "reads", choices = ["share", "only_writes"], default = "share" }]

[[events]]
id = "rush"
department = "pm"
at_s = 40
effects = [{ multiplier = 2, kinds = ["page"], envelope = { hold_s = 20 } }]

[[tutorial]]
id = "more"
goal = "nodes"
kind = "server"
count = 2
point_at = "shop:server"
"""


class Broken(NamedTuple):
    """One way to break SOUND. line: of the reported problem. value, allowed: what it must say; message: part of it."""

    name: str
    old: str
    new: str
    line: int
    key: str
    value: str
    allowed: str
    message: str = ""


NAME = "lower-case letters, digits and _, beginning with a letter"
KINDS = '"clients", "server" or "store"'
SUB_ITEMS = '"static", "read", "write" or "compute"'

BROKEN = [
    Broken(
        "required key", "duration_s = 100\n", "", 0, "duration_s", "", "a number above 0, at most 1,000,000", "required"
    ),
    Broken(
        "no traffic",
        "[traffic]",
        "[traffics]",
        17,
        "traffics",
        "{mix = {page = 3, save = 1}, curve = [{at_s = 0, rps = 10...",
        '"traffic"',
        'Did you mean "traffic"?',
    ),
    Broken("unknown key", "height = 4", "heigth = 4", 5, "heigth", "4", '"height"', 'Did you mean "height"?'),
    Broken(
        "unknown deep key",
        "price = 10",
        "prize = 10",
        42,
        "node_kinds[1].sizes[0].prize",
        "10",
        '"price"',
        'Did you mean "price"?',
    ),
    Broken(
        "string for number",
        "duration_s = 100",
        'duration_s = "100"',
        2,
        "duration_s",
        '"100"',
        "a number above 0",
        "wrong type",
    ),
    Broken(
        "boolean for number",
        "rps = 10",
        "rps = true",
        19,
        "traffic.curve[0].rps",
        "true",
        "a number from 0 to 1,000,000,000",
        "wrong type",
    ),
    Broken(
        "fraction for whole",
        "slots = 4",
        "slots = 4.5",
        42,
        "node_kinds[1].sizes[0].slots",
        "4.5",
        "a whole number from 0",
        "wrong type",
    ),
    Broken("number for string", 'id = "page"', "id = 7", 25, "request_kinds[0].id", "7", "a string", "wrong type"),
    Broken(
        "table for list",
        'unlocked = ["server"]',
        'unlocked = { a = "server" }',
        6,
        "unlocked",
        '{a = "server"}',
        "a list of strings",
    ),
    Broken(
        "value for table",
        "[goal]\nerror_threshold = 0.1",
        "goal = 5",
        21,
        "traffic.goal",
        "5",
        '"mix", "curve", "users" or "client"',
    ),
    Broken(
        "list element of wrong type",
        'may_call = ["store"]',
        "may_call = [3]",
        41,
        "node_kinds[1].may_call[0]",
        "3",
        "a string",
    ),
    Broken(
        "date for number",
        "at_s = 40",
        "at_s = 2024-01-01",
        53,
        "events[0].at_s",
        "2024-01-01",
        "a number, 0 or more",
        "wrong type",
    ),
    Broken(
        "unknown role",
        'role = "compute"',
        'role = "computer"',
        40,
        "node_kinds[1].role",
        '"computer"',
        '"source", "balancer", "cache", "store", "queue", "compute", "worker", "database" or "observer"',
        'Did you mean "compute"?',
    ),
    Broken(
        "unknown sub-item",
        '{ sub_item = "read" }',
        '{ sub_item = "reed" }',
        26,
        "request_kinds[0].recipe[1].sub_item",
        '"reed"',
        SUB_ITEMS,
        'Did you mean "read"?',
    ),
    Broken(
        "unknown department",
        'department = "pm"',
        'department = "sales"',
        52,
        "events[0].department",
        '"sales"',
        '"pm", "marketing", "dev" or "system"',
    ),
    Broken(
        "service time of an unknown sub-item",
        "read = 40,",
        "reads = 40,",
        47,
        "node_kinds[2].sizes[0].service_ms.reads",
        "40",
        SUB_ITEMS,
        'Did you mean "read"?',
    ),
    Broken(
        "unknown goal of the tutorial",
        'goal = "nodes"',
        'goal = "node"',
        58,
        "tutorial[0].goal",
        '"node"',
        '"read", "nodes", "wires", "operation" or "policy"',
        'Did you mean "nodes"?',
    ),
    Broken(
        "negative duration",
        "duration_s = 100",
        "duration_s = -5",
        2,
        "duration_s",
        "-5",
        "a number above 0",
        "out of range",
    ),
    Broken(
        "zero work",
        "work = 2",
        "work = 0",
        30,
        "request_kinds[1].recipe[1].work",
        "0",
        "a number above 0",
        "out of range",
    ),
    Broken(
        "negative price", "price = 10", "price = -10", 42, "node_kinds[1].sizes[0].price", "-10", "a number, 0 or more"
    ),
    Broken(
        "zero service time",
        "static = 50",
        "static = 0",
        42,
        "node_kinds[1].sizes[0].service_ms.static",
        "0",
        "a number above 0",
    ),
    Broken(
        "not a number",
        "rps = 20",
        "rps = nan",
        19,
        "traffic.curve[1].rps",
        "nan",
        "a number from 0 to 1,000,000,000",
        "out of range",
    ),
    Broken("infinite duration", "duration_s = 100", "duration_s = inf", 2, "duration_s", "inf", "a number above 0"),
    Broken(
        "share above one",
        "error_threshold = 0.1",
        "error_threshold = 5",
        22,
        "goal.error_threshold",
        "5",
        "a number above 0, at most 1",
    ),
    Broken(
        "threshold of nothing",
        "error_threshold = 0.1",
        "error_threshold = 0",
        22,
        "goal.error_threshold",
        "0",
        "a number above 0, at most 1",
    ),
    Broken("negative weight", "save = 1", "save = -1", 18, "traffic.mix.save", "-1", "a number, 0 or more"),
    Broken("count of nothing", "count = 2", "count = 0", 60, "tutorial[0].count", "0", "a whole number from 1 to 100"),
    Broken("map of no size", "width = 8", "width = 0", 4, "width", "0", "a whole number from 1 to 200"),
    Broken(
        "two kinds of one name",
        'id = "store"',
        'id = "server"',
        45,
        "node_kinds[2].id",
        '"server"',
        "a name of its own",
        "used twice",
    ),
    Broken(
        "two requests of one name",
        'id = "save"',
        'id = "page"',
        29,
        "request_kinds[1].id",
        '"page"',
        "a name of its own",
        "used twice",
    ),
    Broken(
        "two nodes of one key",
        'key = "data"',
        'key = "web"',
        10,
        "nodes[2].key",
        '"web"',
        "a name of its own",
        "used twice",
    ),
    Broken(
        "two sizes of one name",
        'sizes = [{ id = "standard", slots = 8',
        'sizes = [{ id = "standard", slots = 4, service_ms = { read = 40 } }, { id = "standard", slots = 8',
        47,
        "node_kinds[2].sizes[1].id",
        '"standard"',
        "a name of its own",
        "used twice",
    ),
    Broken("a name with capitals", 'id = "small"', 'id = "Small Stage"', 1, "id", '"Small Stage"', NAME, "not a name"),
    Broken(
        "two nodes on one cell",
        "x = 5, y = 1",
        "x = 3, y = 1",
        10,
        "nodes[2]",
        '{key = "data", kind = "store", x = 3, y = 1}',
        "a free cell",
        '"web" already stands at x = 3, y = 1',
    ),
    Broken(
        "outside the map",
        "x = 5, y = 1",
        "x = 8, y = 1",
        10,
        "nodes[2].x",
        "8",
        "a whole number from 0 to 7",
        "outside the map",
    ),
    Broken(
        "unknown kind of node",
        'kind = "server", x',
        'kind = "sever", x',
        9,
        "nodes[1].kind",
        '"sever"',
        KINDS,
        'Did you mean "server"?',
    ),
    Broken(
        "unknown size", 'size = "standard"', 'size = "huge"', 9, "nodes[1].size", '"huge"', '"standard"', "no such size"
    ),
    Broken(
        "unknown in the shop",
        'unlocked = ["server"]',
        'unlocked = ["server", "stor"]',
        6,
        "unlocked[1]",
        '"stor"',
        KINDS,
        'Did you mean "store"?',
    ),
    Broken(
        "source in the shop",
        'unlocked = ["server"]',
        'unlocked = ["server", "clients"]',
        6,
        "unlocked[1]",
        '"clients"',
        '"server" or "store"',
        "cannot be built",
    ),
    Broken(
        "unknown callee",
        'may_call = ["store"]',
        'may_call = ["store", "cash"]',
        41,
        "node_kinds[1].may_call[1]",
        '"cash"',
        KINDS,
        "no such kind",
    ),
    Broken(
        "illegal wire",
        '{ source = "clients", target = "web" }',
        '{ source = "clients", target = "data" }',
        13,
        "wires[0]",
        '{source = "clients", target = "data"}',
        'from a "clients" to "server"',
        'a "clients" may not call a "store"',
    ),
    Broken(
        "wire to nowhere",
        '{ source = "web", target = "data" }',
        '{ source = "web", target = "date" }',
        14,
        "wires[1].target",
        '"date"',
        '"clients", "web" or "data"',
        'Did you mean "data"?',
    ),
    Broken(
        "wire drawn twice",
        '    { source = "web", target = "data" },',
        '    { source = "web", target = "data" },\n    { source = "web", target = "data" },',
        15,
        "wires[2]",
        '{source = "web", target = "data"}',
        "one wire for each pair",
        "drawn twice",
    ),
    Broken(
        "wire to itself",
        '{ source = "web", target = "data" }',
        '{ source = "web", target = "web" }',
        14,
        "wires[1]",
        '{source = "web", target = "web"}',
        "two different nodes",
        "cannot call itself",
    ),
    Broken(
        "no source",
        'role = "source"',
        'role = "balancer"',
        7,
        "nodes",
        '[{key = "clients", kind = "clients", x = 0, y = 1}, {key ...',
        'a node of a kind with role = "source"',
        "no source of traffic",
    ),
    Broken(
        "two sources",
        '    { key = "data"',
        '    { key = "more", kind = "clients", x = 0, y = 2 },\n    { key = "data"',
        10,
        "nodes[2]",
        '{key = "more", kind = "clients", x = 0, y = 2}',
        "exactly one source",
        "second source",
    ),
    Broken(
        "mix of the unknown",
        "save = 1 }",
        "safe = 1 }",
        18,
        "traffic.mix.safe",
        "1",
        '"page" or "save"',
        'Did you mean "save"?',
    ),
    Broken(
        "mix of nothing",
        "mix = { page = 3, save = 1 }",
        "mix = { page = 0, save = 0 }",
        18,
        "traffic.mix",
        "{page = 0, save = 0}",
        "at least one weight above 0",
    ),
    Broken(
        "curve goes back",
        "at_s = 50, rps",
        "at_s = 0, rps",
        19,
        "traffic.curve[1].at_s",
        "0",
        "a number above 0",
        "not later than the point before",
    ),
    Broken(
        "no curve and no users",
        "curve = [{ at_s = 0, rps = 10 }, { at_s = 50, rps = 20 }]",
        "",
        17,
        "traffic",
        "{mix = {page = 3, save = 1}}",
        "exactly one of traffic.curve and traffic.users",
        "neither",
    ),
    Broken(
        "curve and users",
        "[goal]",
        "[traffic.users]\ninitial = 1\nmarket = 9\nrps_per_user = 1\n[goal]",
        17,
        "traffic",
        "{mix = {page = 3, save = 1}, curve = [{at_s = 0, rps = 10...",
        "exactly one of traffic.curve and traffic.users",
        "both",
    ),
    Broken(
        "event after the end",
        "at_s = 40",
        "at_s = 140",
        53,
        "events[0].at_s",
        "140",
        "a number from 0 to 100",
        "after the end of the stage",
    ),
    Broken(
        "event window after the end",
        "at_s = 40",
        "at_s = 40\nwindow_s = 80",
        54,
        "events[0].window_s",
        "80",
        "a number from 0 to 60",
        "after the end",
    ),
    Broken(
        "announced before the start",
        "at_s = 40",
        "at_s = 40\nlead_s = 60",
        54,
        "events[0].lead_s",
        "60",
        "a number from 0 to 40",
        "before the stage begins",
    ),
    Broken(
        "effect on the unknown",
        'kinds = ["page"]',
        'kinds = ["pages"]',
        54,
        "events[0].effects[0].kinds[0]",
        '"pages"',
        '"page" or "save"',
        'Did you mean "page"?',
    ),
    Broken(
        "a sub-item nobody handles",
        '{ sub_item = "read" }',
        '{ sub_item = "compute" }',
        26,
        "request_kinds[0].recipe[1].sub_item",
        '"compute"',
        '"static", "read" or "write"',
        "no node that requests can reach handles this",
    ),
    Broken(
        "an empty recipe",
        'recipe = [{ sub_item = "static" }, { sub_item = "read" }]',
        "recipe = []",
        26,
        "request_kinds[0].recipe",
        "[]",
        "at least one step",
    ),
    Broken(
        "no slots",
        "slots = 4",
        "slots = 0",
        42,
        "node_kinds[1].sizes[0].slots",
        "0",
        "a whole number, 1 or more",
        "cannot serve without slots",
    ),
    Broken(
        "no service time",
        ", service_ms = { static = 50 }",
        "",
        42,
        "node_kinds[1].sizes[0].service_ms",
        "",
        'a time for "static", "read", "write" or "compute"',
        "needs a service time",
    ),
    Broken(
        "source with slots",
        'sizes = [{ id = "standard" }]',
        'sizes = [{ id = "standard", slots = 3 }]',
        36,
        "node_kinds[0].sizes[0].slots",
        "3",
        "0",
        "serves nothing itself",
    ),
    Broken(
        "no sizes", 'sizes = [{ id = "standard" }]', "sizes = []", 36, "node_kinds[0].sizes", "[]", "at least one size"
    ),
    Broken(
        "messages of a server",
        'may_call = ["store"]',
        'may_call = ["store"]\nbroker = { attempts = 2 }',
        42,
        "node_kinds[1].broker",
        "{attempts = 2}",
        'only where role = "queue"',
    ),
    Broken(
        "a step that does not divide",
        "step_ms = 10",
        "step_ms = 3",
        3,
        "step_ms",
        "3",
        "another whole part of 100",
        "100 ms is not a whole number of such steps",
    ),
    Broken(
        "service below the step",
        "read = 40",
        "read = 30",
        47,
        "node_kinds[2].sizes[0].service_ms.read",
        "30",
        "40 ms or more, or a smaller step_ms",
        "too short for steps of 10 ms",
    ),
    Broken(
        "default that is no choice",
        'default = "share"',
        'default = "slow"',
        48,
        "node_kinds[2].policies[0].default",
        '"slow"',
        '"share" or "only_writes"',
    ),
    Broken(
        "default of wrong type",
        'default = "share"',
        "default = 1.5",
        48,
        "node_kinds[2].policies[0].default",
        "1.5",
        "a string or a whole number",
    ),
    Broken(
        "latencies the wrong way round",
        "error_threshold = 0.1",
        "latency_good_ms = 500\nlatency_bad_ms = 400",
        23,
        "goal.latency_bad_ms",
        "400",
        "a number above 500",
    ),
    Broken(
        "tutorial of the unknown",
        'goal = "nodes"\nkind = "server"',
        'goal = "nodes"\nkind = "servers"',
        59,
        "tutorial[0].kind",
        '"servers"',
        KINDS,
        'Did you mean "server"?',
    ),
    Broken(
        "tutorial without its kind",
        'goal = "nodes"\nkind = "server"',
        'goal = "wires"\nkind = "server"',
        56,
        "tutorial[0].target",
        "",
        KINDS,
        'the goal "wires" needs it',
    ),
    Broken(
        "tutorial of what is not for sale",
        'goal = "nodes"\nkind = "server"',
        'goal = "nodes"\nkind = "store"',
        59,
        "tutorial[0].kind",
        '"store"',
        '"server"',
        "not in the shop",
    ),
    Broken(
        "tutorial points at nothing",
        "shop:server",
        "shop:sever",
        61,
        "tutorial[0].point_at",
        '"shop:sever"',
        '"shop:server"',
        "Did you mean",
    ),
    Broken(
        "unknown base",
        'id = "server"\nrole',
        'id = "server"\nbase = "vm_basik"\nrole',
        40,
        "node_kinds[1].base",
        '"vm_basik"',
        '"vm_basic"',
        'Did you mean "vm_basic"?',
    ),
]

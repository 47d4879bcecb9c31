"""The vocabulary of a run: what a stage, a kind of node, a request and an event are.

Frozen data without behaviour. Stage files are checked against these very classes, so a field is defined once.

Units, everywhere: seconds (`_s`), milliseconds (`_ms`), requests a second (`_rps`), money in the stage's currency unit,
money a calendar day (`_per_day`). Map positions are whole grid cells.
"""

from engine.spec.events import ChoiceSpec, ConditionSpec, Department, Envelope, EventSpec, NodeEffect, TrafficEffect
from engine.spec.models import (
    AlertSpec,
    AutoscaleSpec,
    BackupSpec,
    BrokerSpec,
    CacheSpec,
    ClusterSpec,
    FilterLevel,
    FilterSpec,
    GatewaySpec,
    MemorySpec,
    PodSpec,
    PopularitySpec,
    ReplicaSpec,
    ServerlessSpec,
    UslSpec,
)
from engine.spec.nodes import NodeKind, NodeSize, PolicySpec, Role
from engine.spec.requests import FailureReason, RecipeStep, RequestKind, SubItem
from engine.spec.stage import (
    GoalSpec,
    MigrationSpec,
    ObjectiveSpec,
    StageSpec,
    StartNode,
    StartWire,
    TutorialGoal,
    TutorialStep,
    ZoneSpec,
)
from engine.spec.traffic import ClientSpec, CurvePoint, TrafficSpec, UserModel

__all__ = [
    "AlertSpec",
    "AutoscaleSpec",
    "BackupSpec",
    "BrokerSpec",
    "CacheSpec",
    "ChoiceSpec",
    "ClientSpec",
    "ClusterSpec",
    "ConditionSpec",
    "CurvePoint",
    "Department",
    "Envelope",
    "EventSpec",
    "FailureReason",
    "FilterLevel",
    "FilterSpec",
    "GatewaySpec",
    "GoalSpec",
    "MemorySpec",
    "MigrationSpec",
    "NodeEffect",
    "NodeKind",
    "NodeSize",
    "ObjectiveSpec",
    "PodSpec",
    "PolicySpec",
    "PopularitySpec",
    "RecipeStep",
    "ReplicaSpec",
    "RequestKind",
    "Role",
    "ServerlessSpec",
    "StageSpec",
    "StartNode",
    "StartWire",
    "SubItem",
    "TrafficEffect",
    "TrafficSpec",
    "TutorialGoal",
    "TutorialStep",
    "UserModel",
    "UslSpec",
    "ZoneSpec",
]

"""Bundles whose processes talk to each other."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from tests.support.bpmn import definitions


def _flows(*nodes: str) -> str:
    """Sequence flows from each node to the next."""
    pairs = pairwise(nodes)
    return "".join(f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs)


_SENDER: Final = f"""<process id="sender" isExecutable="true">
  <startEvent id="n_start"/>
  <endEvent id="n_end"><messageEventDefinition messageRef="m_hello"/></endEvent>
  {_flows("n_start", "n_end")}
</process>
"""

ORDERS: Final = definitions(f"""
<message id="m_order" name="order"/>
<message id="m_confirmation" name="confirmation"/>
<correlationProperty id="number" name="number of the order">
  <correlationPropertyRetrievalExpression messageRef="m_order">
    <messagePath>order</messagePath>
  </correlationPropertyRetrievalExpression>
  <correlationPropertyRetrievalExpression messageRef="m_confirmation">
    <messagePath>order</messagePath>
  </correlationPropertyRetrievalExpression>
</correlationProperty>
<collaboration id="talk">
  <participant id="pool_customer" processRef="customer"/>
  <participant id="pool_supplier" processRef="supplier"/>
  <correlationKey id="by_number"><correlationPropertyRef>number</correlationPropertyRef></correlationKey>
</collaboration>
<process id="customer" isExecutable="true">
  <extensionElements>
    <wz:variable name="order" type="string" required="true"/><wz:variable name="price" type="int"/>
  </extensionElements>
  <startEvent id="c_start"/>
  <sendTask id="c_order" messageRef="m_order"/>
  <receiveTask id="c_wait" messageRef="m_confirmation"/>
  <endEvent id="c_end"/>
  {_flows("c_start", "c_order", "c_wait", "c_end")}
</process>
<process id="supplier" isExecutable="true">
  <extensionElements>
    <wz:variable name="order" type="string"/><wz:variable name="price" type="int"/>
  </extensionElements>
  <startEvent id="s_start"><messageEventDefinition messageRef="m_order"/></startEvent>
  <userTask id="s_check" wz:role="clerk">
    <extensionElements><wz:field id="price" type="int" required="true"/></extensionElements>
  </userTask>
  <sendTask id="s_confirm" messageRef="m_confirmation"/>
  <endEvent id="s_end"/>
  {_flows("s_start", "s_check", "s_confirm", "s_end")}
</process>
""")
"""Customers order and wait; each order begins a supplier, and its reply is correlated."""

EARLY: Final = definitions(f"""
<message id="m_hello" name="hello"/>
{_SENDER}<process id="receiver" isExecutable="true">
  <startEvent id="r_start"/>
  <userTask id="r_ready" wz:role="clerk"/>
  <intermediateCatchEvent id="r_hello"><messageEventDefinition messageRef="m_hello"/></intermediateCatchEvent>
  <endEvent id="r_end"/>
  {_flows("r_start", "r_ready", "r_hello", "r_end")}
</process>
""")
"""A message may be sent before its receiver waits for it."""

ALARM: Final = definitions(f"""
<signal id="s_alarm" name="alarm"/>
<process id="guard" isExecutable="true">
  <startEvent id="g_start"/>
  <endEvent id="g_end"><signalEventDefinition signalRef="s_alarm"/></endEvent>
  {_flows("g_start", "g_end")}
</process>
<process id="watcher" isExecutable="true">
  <startEvent id="w_start"/>
  <intermediateCatchEvent id="w_alarm"><signalEventDefinition signalRef="s_alarm"/></intermediateCatchEvent>
  <endEvent id="w_end"/>
  {_flows("w_start", "w_alarm", "w_end")}
</process>
<process id="brigade" isExecutable="true">
  <startEvent id="b_start"><signalEventDefinition signalRef="s_alarm"/></startEvent>
  <userTask id="b_drive" wz:role="clerk"/>
  <endEvent id="b_end"/>
  {_flows("b_start", "b_drive", "b_end")}
</process>
""")
"""A signal reaches every watcher and begins a brigade."""

PATIENT: Final = definitions(f"""
<message id="m_hello" name="hello"/><message id="m_now" name="now"/>
{_SENDER}<process id="receiver" isExecutable="true">
  <startEvent id="r_start"/>
  <intermediateCatchEvent id="r_now"><messageEventDefinition messageRef="m_now"/></intermediateCatchEvent>
  <intermediateCatchEvent id="r_sleep">
    <timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition>
  </intermediateCatchEvent>
  <receiveTask id="r_hello" messageRef="m_hello"/>
  <endEvent id="r_end"/>
  {_flows("r_start", "r_now", "r_sleep", "r_hello", "r_end")}
</process>
""")
"""A message of a person, then a timer, only change what the receiver waits for."""

UNFIT: Final = definitions(f"""
<message id="m_order" name="order"/><signal id="s_alarm" name="alarm"/>
<process id="customer" isExecutable="true">
  <extensionElements>
    <wz:variable name="order" type="string"/><wz:variable name="price" type="string"/>
  </extensionElements>
  <startEvent id="c_start"/>
  <sendTask id="c_order" messageRef="m_order"/>
  <endEvent id="c_end"><signalEventDefinition signalRef="s_alarm"/></endEvent>
  {_flows("c_start", "c_order", "c_end")}
</process>
<process id="supplier" isExecutable="true">
  <extensionElements>
    <wz:variable name="order" type="string"/>
    <wz:variable name="price" type="int" required="true"/>
    <wz:variable name="day" type="date" required="true"/>
  </extensionElements>
  <startEvent id="s_start"><messageEventDefinition messageRef="m_order"/></startEvent>
  <startEvent id="s_night"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>
  </startEvent>
  <userTask id="s_check" wz:role="clerk"/>
  <endEvent id="s_end"/>
  {_flows("s_start", "s_check")}
  <sequenceFlow id="s2" sourceRef="s_night" targetRef="s_check"/>
  <sequenceFlow id="s3" sourceRef="s_check" targetRef="s_end"/>
</process>
<process id="brigade" isExecutable="true">
  <extensionElements><wz:variable name="street" type="string" required="true"/></extensionElements>
  <startEvent id="b_start"><signalEventDefinition signalRef="s_alarm"/></startEvent>
  <userTask id="b_drive" wz:role="clerk"/>
  <endEvent id="b_end"/>
  {_flows("b_start", "b_drive", "b_end")}
</process>
""")
"""An order brings a price in words and no day, an alarm no street: neither process can begin with that."""

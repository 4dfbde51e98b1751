"""A definition whose letters can be stopped: a gateway that knows no way for numbers above 3."""

from __future__ import annotations

from typing import Final

CHOICE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:wz="urn:wenzheng:bpmn:1"
                  id="d" targetNamespace="urn:test" expressionLanguage="urn:cel">
  <bpmn:process id="petition" isExecutable="true" processType="Private">
    <bpmn:extensionElements>
      <wz:variable name="petition_id" type="string" required="true"/>
      <wz:variable name="received_on" type="date" required="true"/>
      <wz:variable name="kind" type="string"/>
      <wz:variable name="addressee" type="string"/>
      <wz:variable name="many" type="int"/>
    </bpmn:extensionElements>
    <bpmn:startEvent id="received"/>
    <bpmn:sequenceFlow id="f1" sourceRef="received" targetRef="count"/>
    <bpmn:userTask id="count" wz:role="clerk">
      <bpmn:extensionElements><wz:field id="many" type="int" required="true"/></bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="f2" sourceRef="count" targetRef="which"/>
    <bpmn:exclusiveGateway id="which" name="多少"/>
    <bpmn:sequenceFlow id="few" sourceRef="which" targetRef="over">
      <bpmn:conditionExpression>many &lt; 3</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="some" sourceRef="which" targetRef="settle">
      <bpmn:conditionExpression>many == 3</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:userTask id="settle" name="了结" wz:role="clerk"/>
    <bpmn:sequenceFlow id="f4" sourceRef="settle" targetRef="over"/>
    <bpmn:endEvent id="over"/>
  </bpmn:process>
</bpmn:definitions>
"""

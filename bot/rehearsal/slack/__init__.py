"""An embedded Slack: workspaces' people, channels and threads, the Web API that a bot needs with its limits, and signed
deliveries of events, commands and clicks with Slack's retries.

    slack = Workspace()
    async with Served(Slack(slack)) as served:
        slack.deliveries.deliver_to("http://127.0.0.1:8080/slack/events")
        general = slack.channel("general")
        ada = slack.person("ada")
        await ada.says(general, "<@U0MAESTRO> status")
        print(general.lines())

What goes wrong on the way is switched on: `slack.faults.next("chat.postMessage", Fault(429))`.
"""

from bot.rehearsal.slack.delivering import Delivery
from bot.rehearsal.slack.faults import Fault
from bot.rehearsal.slack.people import Member, Workspace
from bot.rehearsal.slack.server import Slack
from bot.rehearsal.slack.socket import Socket
from bot.rehearsal.slack.state import Channel, Message, View

__all__ = ["Channel", "Delivery", "Fault", "Member", "Message", "Slack", "Socket", "View", "Workspace"]

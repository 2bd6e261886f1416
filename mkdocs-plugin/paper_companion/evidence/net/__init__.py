"""Talking to strangers' servers: politely, within limits, and never to addresses that are none of our business."""

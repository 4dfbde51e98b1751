"""What the store answers with: frozen dataclasses, no database behind them.

All instants are timezone-aware UTC, all days are days of the calendar's zone, all ids are text.
"""

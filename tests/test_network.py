import socket

import pytest


def test_a_test_may_not_reach_another_machine() -> None:
    with socket.socket() as outside, pytest.raises(PermissionError, match="network"):
        outside.connect(("192.0.2.1", 80))

"""How far fertility, mortality, migration and the base itself may lie from the path assumed. Pure.

    history of an area -> fit_*_process -> Process -> simulate(process, median path) -> trajectories

- working_scales.py: the scale on which deviations are of one size at every level;
- processes.py: `Process`, and the pooled ones that take the place of a history;
- own_history.py: which years of a history count, and what crises are bridged;
- process_fits.py: a process from a history; shrinkage.py: the short history leans on its parent's;
- counter_draws.py: chance that does not depend on how a run is cut; simulation.py: trajectories;
- base_error.py: the people counted at the start; quantiles.py; interval_backtest.py.
"""

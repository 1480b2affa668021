"""renkou (人口): from departmental lists that disagree to one population register."""

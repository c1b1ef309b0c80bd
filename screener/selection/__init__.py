"""From one patient's records to one settled or unsettled selection per slot of the protocol."""

//! Config access to a device served over the vfio-user protocol.

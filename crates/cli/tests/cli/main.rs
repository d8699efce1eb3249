//! The binary in real use: with processes, files and pipes.

mod acts;
mod catalogs;
mod corrections;
mod crashes;
mod demo;
mod exports;
mod hostile;
mod imports;
mod looking;
mod publishing;
mod service_crashes;
mod serving;
mod verifying;
mod world;

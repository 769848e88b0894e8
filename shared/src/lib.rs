//! The domain of Xinheng.
